//! What synchronizing brings.

use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::{Class, Command, ServerId, Sync};
use wbxml::{Decode, Fragment};

use crate::error::{Error, Result};
use crate::upload::Uploaded;

/// A change that synchronizing a folder brought.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// An item that the client did not have.
    Added(Item),
    /// Other content of an item. For mail often only what changed: `read`, the flag, the categories.
    Changed(Item),
    /// An item is gone.
    Deleted(ServerId<'static>),
    /// An item no longer passes the filter; the server still has it.
    SoftDeleted(ServerId<'static>),
    /// What became of a change of the client's own.
    Uploaded(Uploaded),
}

/// An item as the server sent it, decoded when asked.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Item {
    /// The server's identifier of it.
    pub id: ServerId<'static>,
    /// What kind of item it is.
    pub class: Class<'static>,
    /// Its content, not decoded.
    pub data: Fragment<'static>,
}

impl Item {
    pub(crate) fn new(id: ServerId<'static>, class: Class<'static>, data: Fragment<'static>) -> Self {
        Self { id, class, data }
    }

    /// The message, if it is one; borrows from the item.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the content is no message.
    pub fn email(&self) -> Result<Email<'_>> {
        self.decode()
    }

    /// The contact, if it is one; borrows from the item.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the content is no contact.
    pub fn contact(&self) -> Result<Contact<'_>> {
        self.decode()
    }

    /// The event, if it is one; borrows from the item.
    ///
    /// # Errors
    /// [`Error::Malformed`] if the content is no event.
    pub fn event(&self) -> Result<Calendar<'_>> {
        self.decode()
    }

    /// The content as a type of your own.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is none.
    pub fn decode<'de, T: Decode<'de>>(&'de self) -> Result<T> {
        self.data.decode().map_err(|source| Error::Malformed { command: Sync::NAME, source })
    }
}
