//! The Contacts class: people and companies. [MS-ASCNTC]
//!
//! Every field is optional, since a `Change` holds only what changed, and since a client that ghosts properties
//! leaves out what it does not manage. The notes of 2.5 ([`Contact::legacy_body`]) stand beside those of 12.0 and
//! later ([`Contact::body`]); the version that is written decides which go out.

use std::borrow::Cow;

use wbxml::codepages::{airsyncbase, contacts, contacts2};
use wbxml::{AnyElement, Decode, Encode, IntoOwned, OrEmpty};

use crate::airsyncbase::{Body, BodyType};
use crate::date_time::DateTime;

/// A contact. [MS-ASCNTC] 2.2.2
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = contacts)]
pub struct Contact<'a> {
    /// First name. [MS-ASCNTC] 2.2.2.31
    #[wbxml(FirstName)]
    pub first_name: Option<Cow<'a, str>>,
    /// Middle name. [MS-ASCNTC] 2.2.2.47
    #[wbxml(MiddleName)]
    pub middle_name: Option<Cow<'a, str>>,
    /// Last name. [MS-ASCNTC] 2.2.2.45
    #[wbxml(LastName)]
    pub last_name: Option<Cow<'a, str>>,
    /// What follows the name, such as `Jr.` [MS-ASCNTC] 2.2.2.61
    #[wbxml(Suffix)]
    pub suffix: Option<Cow<'a, str>>,
    /// What precedes the name, such as `Dr.` [MS-ASCNTC] 2.2.2.62
    #[wbxml(Title)]
    pub title: Option<Cow<'a, str>>,
    /// The name under which the contact is filed and shown in lists. [MS-ASCNTC] 2.2.2.30
    #[wbxml(FileAs)]
    pub file_as: Option<Cow<'a, str>>,
    /// The alias in the recipient information cache; answers of 14.0 and later. [MS-ASCNTC] 2.2.2.2
    #[wbxml(Alias)]
    pub alias: Option<Cow<'a, str>>,
    /// The rank in the recipient information cache, higher for who is written to more; answers of 14.0 and later. [MS-ASCNTC] 2.2.2.64
    #[wbxml(WeightedRank)]
    pub weighted_rank: Option<i32>,
    /// How the first name is spoken in Japanese. [MS-ASCNTC] 2.2.2.66
    #[wbxml(YomiFirstName)]
    pub yomi_first_name: Option<Cow<'a, str>>,
    /// How the last name is spoken in Japanese. [MS-ASCNTC] 2.2.2.67
    #[wbxml(YomiLastName)]
    pub yomi_last_name: Option<Cow<'a, str>>,
    /// First address. [MS-ASCNTC] 2.2.2.27
    #[wbxml(Email1Address)]
    pub email1_address: Option<Cow<'a, str>>,
    /// Second address. [MS-ASCNTC] 2.2.2.28
    #[wbxml(Email2Address)]
    pub email2_address: Option<Cow<'a, str>>,
    /// Third address. [MS-ASCNTC] 2.2.2.29
    #[wbxml(Email3Address)]
    pub email3_address: Option<Cow<'a, str>>,
    /// Mobile telephone. [MS-ASCNTC] 2.2.2.49
    #[wbxml(MobilePhoneNumber)]
    pub mobile_phone_number: Option<Cow<'a, str>>,
    /// Telephone at home. [MS-ASCNTC] 2.2.2.39
    #[wbxml(HomePhoneNumber)]
    pub home_phone_number: Option<Cow<'a, str>>,
    /// Second telephone at home. [MS-ASCNTC] 2.2.2.40
    #[wbxml(Home2PhoneNumber)]
    pub home2_phone_number: Option<Cow<'a, str>>,
    /// Telephone at work. [MS-ASCNTC] 2.2.2.16
    #[wbxml(BusinessPhoneNumber)]
    pub business_phone_number: Option<Cow<'a, str>>,
    /// Second telephone at work. [MS-ASCNTC] 2.2.2.17
    #[wbxml(Business2PhoneNumber)]
    pub business2_phone_number: Option<Cow<'a, str>>,
    /// Fax at home. [MS-ASCNTC] 2.2.2.38
    #[wbxml(HomeFaxNumber)]
    pub home_fax_number: Option<Cow<'a, str>>,
    /// Fax at work. [MS-ASCNTC] 2.2.2.15
    #[wbxml(BusinessFaxNumber)]
    pub business_fax_number: Option<Cow<'a, str>>,
    /// Telephone in the car. [MS-ASCNTC] 2.2.2.18
    #[wbxml(CarPhoneNumber)]
    pub car_phone_number: Option<Cow<'a, str>>,
    /// Pager. [MS-ASCNTC] 2.2.2.57
    #[wbxml(PagerNumber)]
    pub pager_number: Option<Cow<'a, str>>,
    /// Radio telephone. [MS-ASCNTC] 2.2.2.59
    #[wbxml(RadioPhoneNumber)]
    pub radio_phone_number: Option<Cow<'a, str>>,
    /// The assistant's telephone. [MS-ASCNTC] 2.2.2.5
    #[wbxml(AssistantPhoneNumber)]
    pub assistant_phone_number: Option<Cow<'a, str>>,
    /// Company. [MS-ASCNTC] 2.2.2.24
    #[wbxml(CompanyName)]
    pub company_name: Option<Cow<'a, str>>,
    /// How the company is spoken in Japanese. [MS-ASCNTC] 2.2.2.65
    #[wbxml(YomiCompanyName)]
    pub yomi_company_name: Option<Cow<'a, str>>,
    /// Department. [MS-ASCNTC] 2.2.2.26
    #[wbxml(Department)]
    pub department: Option<Cow<'a, str>>,
    /// Position in the company. [MS-ASCNTC] 2.2.2.44
    #[wbxml(JobTitle)]
    pub job_title: Option<Cow<'a, str>>,
    /// Where the office is. [MS-ASCNTC] 2.2.2.51
    #[wbxml(OfficeLocation)]
    pub office_location: Option<Cow<'a, str>>,
    /// The assistant's name. [MS-ASCNTC] 2.2.2.4
    #[wbxml(AssistantName)]
    pub assistant_name: Option<Cow<'a, str>>,
    /// Street at work. [MS-ASCNTC] 2.2.2.14
    #[wbxml(BusinessAddressStreet)]
    pub business_address_street: Option<Cow<'a, str>>,
    /// City at work. [MS-ASCNTC] 2.2.2.10
    #[wbxml(BusinessAddressCity)]
    pub business_address_city: Option<Cow<'a, str>>,
    /// State or province at work. [MS-ASCNTC] 2.2.2.13
    #[wbxml(BusinessAddressState)]
    pub business_address_state: Option<Cow<'a, str>>,
    /// Postal code at work. [MS-ASCNTC] 2.2.2.12
    #[wbxml(BusinessAddressPostalCode)]
    pub business_address_postal_code: Option<Cow<'a, str>>,
    /// Country at work. [MS-ASCNTC] 2.2.2.11
    #[wbxml(BusinessAddressCountry)]
    pub business_address_country: Option<Cow<'a, str>>,
    /// Street at home. [MS-ASCNTC] 2.2.2.37
    #[wbxml(HomeAddressStreet)]
    pub home_address_street: Option<Cow<'a, str>>,
    /// City at home. [MS-ASCNTC] 2.2.2.33
    #[wbxml(HomeAddressCity)]
    pub home_address_city: Option<Cow<'a, str>>,
    /// State or province at home. [MS-ASCNTC] 2.2.2.36
    #[wbxml(HomeAddressState)]
    pub home_address_state: Option<Cow<'a, str>>,
    /// Postal code at home. [MS-ASCNTC] 2.2.2.35
    #[wbxml(HomeAddressPostalCode)]
    pub home_address_postal_code: Option<Cow<'a, str>>,
    /// Country at home. [MS-ASCNTC] 2.2.2.34
    #[wbxml(HomeAddressCountry)]
    pub home_address_country: Option<Cow<'a, str>>,
    /// Street of another address. [MS-ASCNTC] 2.2.2.56
    #[wbxml(OtherAddressStreet)]
    pub other_address_street: Option<Cow<'a, str>>,
    /// City of another address. [MS-ASCNTC] 2.2.2.52
    #[wbxml(OtherAddressCity)]
    pub other_address_city: Option<Cow<'a, str>>,
    /// State or province of another address. [MS-ASCNTC] 2.2.2.55
    #[wbxml(OtherAddressState)]
    pub other_address_state: Option<Cow<'a, str>>,
    /// Postal code of another address. [MS-ASCNTC] 2.2.2.54
    #[wbxml(OtherAddressPostalCode)]
    pub other_address_postal_code: Option<Cow<'a, str>>,
    /// Country of another address. [MS-ASCNTC] 2.2.2.53
    #[wbxml(OtherAddressCountry)]
    pub other_address_country: Option<Cow<'a, str>>,
    /// Web page. [MS-ASCNTC] 2.2.2.63
    #[wbxml(WebPage)]
    pub web_page: Option<Cow<'a, str>>,
    /// Name of the spouse or partner. [MS-ASCNTC] 2.2.2.60
    #[wbxml(Spouse)]
    pub spouse: Option<Cow<'a, str>>,
    /// Birthday: the day counts, the time does not (devices send 00:00, 08:00, 11:00 or 12:00); empty for none. [MS-ASCNTC] 2.2.2.6
    #[wbxml(Birthday)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub birthday: Option<OrEmpty<DateTime>>,
    /// Wedding day: the day counts, the time does not; empty for none. [MS-ASCNTC] 2.2.2.3
    #[wbxml(Anniversary)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub anniversary: Option<OrEmpty<DateTime>>,
    /// The user's categories, at most 300; an empty list says that there are none. [MS-ASCNTC] 2.2.2.19
    #[wbxml(Categories, list = Category)]
    pub categories: Option<Vec<Cow<'a, str>>>,
    /// The children's names, at most 300. [MS-ASCNTC] 2.2.2.21
    #[wbxml(Children, list = Child)]
    pub children: Option<Vec<Cow<'a, str>>>,
    /// A picture in base64, at most 48 KB of it; empty for none. [MS-ASCNTC] 2.2.2.58
    #[wbxml(Picture)]
    pub picture: Option<Cow<'a, str>>,
    /// Nickname. [MS-ASCNTC] 2.2.2.50
    #[wbxml(contacts2::NickName)]
    pub nick_name: Option<Cow<'a, str>>,
    /// First address for instant messages. [MS-ASCNTC] 2.2.2.41
    #[wbxml(contacts2::IMAddress)]
    pub im_address: Option<Cow<'a, str>>,
    /// Second address for instant messages. [MS-ASCNTC] 2.2.2.42
    #[wbxml(contacts2::IMAddress2)]
    pub im_address2: Option<Cow<'a, str>>,
    /// Third address for instant messages. [MS-ASCNTC] 2.2.2.43
    #[wbxml(contacts2::IMAddress3)]
    pub im_address3: Option<Cow<'a, str>>,
    /// The manager's name. [MS-ASCNTC] 2.2.2.46
    #[wbxml(contacts2::ManagerName)]
    pub manager_name: Option<Cow<'a, str>>,
    /// The company's main telephone. [MS-ASCNTC] 2.2.2.23
    #[wbxml(contacts2::CompanyMainPhone)]
    pub company_main_phone: Option<Cow<'a, str>>,
    /// Name or number of the account. [MS-ASCNTC] 2.2.2.1
    #[wbxml(contacts2::AccountName)]
    pub account_name: Option<Cow<'a, str>>,
    /// Customer number. [MS-ASCNTC] 2.2.2.25
    #[wbxml(contacts2::CustomerId)]
    pub customer_id: Option<Cow<'a, str>>,
    /// Number that a government assigned. [MS-ASCNTC] 2.2.2.32
    #[wbxml(contacts2::GovernmentId)]
    pub government_id: Option<Cow<'a, str>>,
    /// Address for multimedia messages. [MS-ASCNTC] 2.2.2.48
    #[wbxml(contacts2::MMS)]
    pub mms: Option<Cow<'a, str>>,
    /// Notes as plain text, up to 2.5. [MS-ASCNTC] 2.2.2.7.2
    #[wbxml(Body)]
    pub legacy_body: Option<Cow<'a, str>>,
    /// The size in characters of the whole notes, up to 2.5. [MS-ASCNTC] 2.2.2.8
    #[wbxml(BodySize)]
    pub legacy_body_size: Option<u32>,
    /// Whether `legacy_body` is not all of the notes, up to 2.5. [MS-ASCNTC] 2.2.2.9
    #[wbxml(BodyTruncated)]
    pub legacy_body_truncated: Option<bool>,
    /// Notes as compressed RTF in base64, up to 2.5. Out of use; kept for old devices.
    #[wbxml(CompressedRTF)]
    pub compressed_rtf: Option<Cow<'a, str>>,
    /// Notes of 12.0 and later. [MS-ASAIRS] 2.2.2.9
    #[wbxml(airsyncbase::Body)]
    pub body: Option<Body<'a>>,
    /// The format in which the server has the notes. 12.0 and later. [MS-ASAIRS] 2.2.2.32
    #[wbxml(airsyncbase::NativeBodyType)]
    pub native_body_type: Option<BodyType>,
    /// Elements that the specification does not name here, as they came.
    #[wbxml(any)]
    #[cfg_attr(feature = "arbitrary", arbitrary(default))]
    pub other: Vec<AnyElement<'a>>,
}
