//! Items as they are stored: mail as it came, everything else as WBXML of its typed value without regard to a version,
//! which loses nothing and which newer programs with more fields still read.

use activesync_types::date_time::DateTime;
use activesync_types::email;
use wbxml::codepages::airsync;
use wbxml::{AnyElement, Encode, IntoOwned};

use crate::backend::{BackendError, EmailMarks, Result};

/// The first byte of what follows this description.
const WBXML: u8 = 1;

pub(super) fn encode<T: Encode>(value: &T) -> Result<Vec<u8>> {
    let element = AnyElement::from_value(airsync::ApplicationData, value, None)
        .and_then(|element| wbxml::to_vec(&element));
    let document = element.map_err(|error| BackendError::Unstorable(error.to_string()))?;
    let mut stored = Vec::with_capacity(1 + document.len());
    stored.push(WBXML);
    stored.extend_from_slice(&document);
    Ok(stored)
}

pub(super) fn decode<T>(stored: &[u8]) -> Result<T>
where
    T: for<'a> Stored<'a>,
{
    match stored.split_first() {
        Some((&WBXML, document)) => {
            let element: AnyElement<'_> = wbxml::from_slice(document).map_err(|error| corrupt(&error))?;
            T::read(&element).map_err(|error| corrupt(&error))
        }
        Some((format, _)) => Err(BackendError::Corrupt(format!("an item has the unknown format {format}"))),
        None => Err(BackendError::Corrupt("an item is empty".to_owned())),
    }
}

/// A type that borrows when it is decoded, without the borrow.
pub(super) trait Stored<'a>: Sized {
    fn read(element: &'a AnyElement<'_>) -> wbxml::Result<Self>;
}

macro_rules! stored {
    ($($name:ty => $borrowed:ty),*) => {$(
        impl<'a> Stored<'a> for $name {
            fn read(element: &'a AnyElement<'_>) -> wbxml::Result<Self> {
                element.decode::<$borrowed>().map(IntoOwned::into_owned)
            }
        }
    )*};
}

stored! {
    email::Email<'static> => email::Email<'a>,
    activesync_types::contacts::Contact<'static> => activesync_types::contacts::Contact<'a>,
    activesync_types::calendar::Calendar<'static> => activesync_types::calendar::Calendar<'a>
}

pub(super) fn encode_marks(marks: &EmailMarks) -> Result<Vec<u8>> {
    encode(&email::Email {
        read: Some(marks.read),
        flag: marks.flag.clone(),
        categories: (!marks.categories.is_empty())
            .then(|| marks.categories.iter().map(|category| category.as_str().into()).collect()),
        last_verb_executed: Some(marks.last_verb),
        last_verb_execution_time: marks.last_verb_time.map(DateTime::new),
        ..email::Email::default()
    })
}

pub(super) fn decode_marks(stored: &[u8]) -> Result<EmailMarks> {
    let email: email::Email<'static> = decode(stored)?;
    Ok(EmailMarks {
        read: email.read.unwrap_or_default(),
        flag: email.flag,
        categories: email.categories.into_iter().flatten().map(std::borrow::Cow::into_owned).collect(),
        last_verb: email.last_verb_executed.unwrap_or_default(),
        last_verb_time: email.last_verb_execution_time.map(DateTime::timestamp),
    })
}

fn corrupt(error: &wbxml::Error) -> BackendError {
    BackendError::Corrupt(format!("an item: {error}"))
}
