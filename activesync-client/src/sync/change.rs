//! What synchronizing brings.

use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::{Class, ServerId};
use wbxml::Fragment;

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
    /// If the content is no message.
    pub fn email(&self) -> wbxml::Result<Email<'_>> {
        self.data.decode()
    }

    /// The contact, if it is one; borrows from the item.
    ///
    /// # Errors
    /// If the content is no contact.
    pub fn contact(&self) -> wbxml::Result<Contact<'_>> {
        self.data.decode()
    }

    /// The event, if it is one; borrows from the item.
    ///
    /// # Errors
    /// If the content is no event.
    pub fn event(&self) -> wbxml::Result<Calendar<'_>> {
        self.data.decode()
    }
}
