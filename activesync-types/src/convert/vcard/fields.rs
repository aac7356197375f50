//! Which telephone, which address: the fields of a [`Contact`] by the types of a vCard.

use std::borrow::Cow;

use crate::contacts::Contact;

type Text<'a> = Option<Cow<'a, str>>;

/// The types of a `TEL`, in the words of vCard.
pub(super) struct Telephone {
    /// What a `TEL` is written with, and must have to be read as this.
    pub(super) types: &'static [&'static str],
    pub(super) get: for<'c> fn(&'c Contact<'_>) -> Option<&'c str>,
    pub(super) slot: for<'c, 'a> fn(&'c mut Contact<'a>) -> &'c mut Text<'a>,
}

macro_rules! telephone {
    ($field:ident, $($types:literal),*) => {
        Telephone {
            types: &[$($types),*],
            get: |contact| contact.$field.as_deref(),
            slot: |contact| &mut contact.$field,
        }
    };
}

/// The narrower kinds first, since a number goes to the first kind whose types it has.
pub(super) static TELEPHONES: [Telephone; 14] = [
    telephone!(home_fax_number, "home", "fax"),
    telephone!(business_fax_number, "work", "fax"),
    telephone!(business_fax_number, "fax"),
    telephone!(pager_number, "pager"),
    telephone!(car_phone_number, "car"),
    telephone!(radio_phone_number, "x-evolution-radio"),
    telephone!(assistant_phone_number, "x-evolution-assistant"),
    telephone!(company_main_phone, "work", "main-number"),
    telephone!(mms, "x-mms"),
    telephone!(mobile_phone_number, "cell"),
    telephone!(home_phone_number, "home"),
    telephone!(home2_phone_number, "home"),
    telephone!(business_phone_number, "work"),
    telephone!(business2_phone_number, "work"),
];

/// Where a number goes that says nothing of its kind.
pub(super) static UNTYPED: [Telephone; 3] =
    [telephone!(home_phone_number,), telephone!(mobile_phone_number,), telephone!(business_phone_number,)];

/// The parts of an address.
pub(super) struct Place {
    /// What an `ADR` is written with, and must have to be read as this; none for another address.
    pub(super) kind: Option<&'static str>,
    /// Street, city, state, postal code and country.
    pub(super) get: for<'c> fn(&'c Contact<'_>) -> [Option<&'c str>; 5],
    pub(super) slots: for<'c, 'a> fn(&'c mut Contact<'a>) -> [&'c mut Text<'a>; 5],
}

macro_rules! place {
    ($kind:expr, $street:ident, $city:ident, $state:ident, $code:ident, $country:ident) => {
        Place {
            kind: $kind,
            get: |contact| {
                [
                    contact.$street.as_deref(),
                    contact.$city.as_deref(),
                    contact.$state.as_deref(),
                    contact.$code.as_deref(),
                    contact.$country.as_deref(),
                ]
            },
            slots: |contact| {
                [
                    &mut contact.$street,
                    &mut contact.$city,
                    &mut contact.$state,
                    &mut contact.$code,
                    &mut contact.$country,
                ]
            },
        }
    };
}

pub(super) static PLACES: [Place; 3] = [
    place!(
        Some("work"),
        business_address_street,
        business_address_city,
        business_address_state,
        business_address_postal_code,
        business_address_country
    ),
    place!(
        Some("home"),
        home_address_street,
        home_address_city,
        home_address_state,
        home_address_postal_code,
        home_address_country
    ),
    place!(
        None,
        other_address_street,
        other_address_city,
        other_address_state,
        other_address_postal_code,
        other_address_country
    ),
];
