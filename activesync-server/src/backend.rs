//! What a mail server implements to gain ActiveSync.
//!
//! A [`Backend`] knows users and opens their mailboxes. A [`Mailbox`] is one unit of work on one mailbox: items, folders
//! and the state of synchronization change together, or not at all. That is why state is kept here too, as an
//! ordered table of bytes: a backend stores it beside the items and needs not understand it.
//!
//! All calls may block; the front end makes them where blocking does no harm.
//!
//! **Revisions.** A mailbox counts its changes. Every change of an item or of the hierarchy takes the next number,
//! and the item or folder carries the number of its last change. From this one number follows what changed
//! since a device last asked, at a cost that depends on what changed and not on the size of the folder.

use std::fmt;
use std::sync::Arc;

use activesync_types::Class;
use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use activesync_types::email::{Flag, LastVerbExecuted};
use activesync_types::folder_hierarchy::FolderType;
use jiff::Timestamp;

use crate::push::ChangeHub;

mod age;
#[cfg(test)]
pub(crate) mod memory;

/// The result of asking a backend.
pub type Result<T, E = BackendError> = std::result::Result<T, E>;

/// Users and their mailboxes.
pub trait Backend: Send + Sync + 'static {
    /// The user with this name and password; `None` if there is none. `DOMAIN\user` and `user@domain` are names too.
    fn authenticate(&self, name: &str, password: &str) -> Result<Option<UserId>>;

    /// The local user who gets mail for an address; `None` if nobody does.
    fn resolve(&self, address: &str) -> Result<Option<UserId>>;

    /// Opens a mailbox for reading: it stays as it is now for as long as it is open.
    fn snapshot(&self, user: &UserId) -> Result<Box<dyn Snapshot + '_>>;

    /// Begins a unit of work on a mailbox. Others who want to change this mailbox wait until it ends.
    fn open(&self, user: &UserId) -> Result<Box<dyn Mailbox + '_>>;

    /// From now on the backend announces every committed change to this hub.
    ///
    /// # Errors
    /// If the backend cannot listen for changes made elsewhere.
    fn attach(&self, hub: Arc<ChangeHub>) -> Result<()>;
}

/// A mailbox as it was when it was opened; inside a [`Mailbox`], with the changes made there so far.
pub trait Snapshot {
    /// Identifies the store of this mailbox for good. Identifiers up to protocol 2.5 contain it.
    fn replica(&self) -> u128;

    /// The user's mail address.
    fn address(&self) -> &str;

    /// The user's name as others shall see it.
    fn display_name(&self) -> &str;

    /// All folders, parents before their children.
    fn folders(&self) -> Result<Vec<Folder>>;

    /// One folder; `None` if there is none.
    fn folder(&self, id: FolderId) -> Result<Option<Folder>>;

    /// The revision of the last change to the hierarchy.
    fn hierarchy_revision(&self) -> Result<Revision>;

    /// The revision of the last change to an item of a folder, deletions included.
    fn revision(&self, folder: FolderId) -> Result<Revision>;

    /// One item; `None` if there is none in this folder.
    fn item(&self, folder: FolderId, item: ItemId) -> Result<Option<Item>>;

    /// An item without its content; `None` if it is not in this folder. A deleted one is not.
    fn summary(&self, folder: FolderId, item: ItemId) -> Result<Option<ItemChange>>;

    /// What changed in a folder after a revision, oldest change first, each item once with its last change.
    /// Items that went to another folder count as deleted in the one that they left.
    fn changes(&self, folder: FolderId, after: Revision, limit: usize) -> Result<Vec<ItemChange>>;

    /// The items of a folder that last changed before a revision, newest change first. No deletions.
    fn backlog(&self, folder: FolderId, before: Revision, limit: usize) -> Result<Vec<ItemChange>>;

    /// The items of a folder with a [date](Present::date) before `until` and (date, item) greater than `after`, in that order.
    fn dated(
        &self,
        folder: FolderId,
        after: (Timestamp, ItemId),
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<ItemChange>>;

    /// How many items a folder has.
    fn count(&self, folder: FolderId) -> Result<u64>;

    /// A value of the state table.
    fn state(&self, key: &[u8]) -> Result<Option<Vec<u8>>>;

    /// The entries of the state table whose key begins with `prefix` and is greater than `after`, in the order of keys.
    fn states(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>>;
}

/// A unit of work on a mailbox. Nobody else sees any of it before [`commit`](Mailbox::commit); dropped without that,
/// it never happened.
pub trait Mailbox: Snapshot {
    /// Makes a folder. Names are unique within a parent, without regard to letter case.
    ///
    /// # Errors
    /// [`NameTaken`](BackendError::NameTaken), [`NoFolder`](BackendError::NoFolder) for the parent.
    fn create_folder(&mut self, parent: Option<FolderId>, name: &str, kind: FolderType) -> Result<FolderId>;

    /// Renames a folder, moves it, or both.
    ///
    /// # Errors
    /// [`NameTaken`](BackendError::NameTaken), [`NoFolder`](BackendError::NoFolder),
    /// [`NoParent`](BackendError::NoParent) also if the parent is inside the folder,
    /// [`GivenFolder`](BackendError::GivenFolder).
    fn update_folder(&mut self, folder: FolderId, parent: Option<FolderId>, name: &str) -> Result<()>;

    /// Deletes a folder with all that is in it.
    ///
    /// # Errors
    /// [`NoFolder`](BackendError::NoFolder), [`GivenFolder`](BackendError::GivenFolder).
    fn delete_folder(&mut self, folder: FolderId) -> Result<()>;

    /// Puts a new item in a folder.
    fn create_item(&mut self, folder: FolderId, content: &Content) -> Result<(ItemId, Revision)>;

    /// Gives an item other content, of the same class.
    fn update_item(&mut self, folder: FolderId, item: ItemId, content: &Content) -> Result<Revision>;

    /// Marks a mail, whose message stays as it is.
    fn mark_email(&mut self, folder: FolderId, item: ItemId, marks: &EmailMarks) -> Result<Revision>;

    /// Deletes an item for good.
    fn delete_item(&mut self, folder: FolderId, item: ItemId) -> Result<Revision>;

    /// Moves an item to another folder and says how it is called there.
    fn move_item(&mut self, from: FolderId, item: ItemId, to: FolderId) -> Result<ItemId>;

    /// Sets a value of the state table.
    fn set_state(&mut self, key: &[u8], value: &[u8]) -> Result<()>;

    /// Removes a value of the state table, if it is there.
    fn remove_state(&mut self, key: &[u8]) -> Result<()>;

    /// Removes the values of the state table whose key begins with `prefix`.
    fn remove_states(&mut self, prefix: &[u8]) -> Result<()>;

    /// Makes everything since the beginning durable and visible at once, and announces it to the attached hub.
    fn commit(self: Box<Self>) -> Result<()>;
}

/// Why a backend could not do something. Whatever the unit of work did before still counts if it is committed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackendError {
    /// The user does not exist (any more).
    #[error("there is no user {0}")]
    NoUser(UserId),
    /// No such folder.
    #[error("there is no folder {0}")]
    NoFolder(FolderId),
    /// The folder cannot be a parent here: it does not exist, or it lies in the folder that shall move there.
    #[error("folder {0} cannot be the parent")]
    NoParent(FolderId),
    /// No such item in this folder.
    #[error("there is no item {1} in folder {0}")]
    NoItem(FolderId, ItemId),
    /// Another folder of the same parent has this name.
    #[error("there is a folder named {0:?} already")]
    NameTaken(String),
    /// The folder is one that every mailbox has; it stays.
    #[error("folder {0} is one of those that every mailbox has: it cannot be renamed, moved or deleted")]
    GivenFolder(FolderId),
    /// Content of another class than the item or call is for.
    #[error("item {1} of folder {0} has content of another class")]
    OtherClass(FolderId, ItemId),
    /// The item holds what cannot be stored; everything else of the unit of work counts.
    #[error("the item cannot be stored: {0}")]
    Unstorable(String),
    /// Others hold the mailbox for too long: try again later.
    #[error("the mailbox is in use: try again later")]
    Busy,
    /// The store is full, or the user's quota is used up.
    #[error("there is no space left for the mailbox")]
    Full,
    /// What is stored cannot be understood.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
    /// Anything else.
    #[error(transparent)]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// Identifies a user to the backend; not the name that the user types.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(Arc<str>);

impl UserId {
    /// Whatever the backend calls the user.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// What the backend calls the user.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number! {
    /// A folder: a number from 1 to 2^48 - 1 that no other folder of the mailbox has or ever had.
    FolderId
}

number! {
    /// An item: a number from 1 to 2^48 - 1 that no other item of the mailbox has or ever had.
    ItemId
}

number! {
    /// A place in the history of a mailbox; 0 is before everything.
    Revision
}

/// A folder of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Which folder.
    pub id: FolderId,
    /// The folder that it is in; `None` at the top.
    pub parent: Option<FolderId>,
    /// Its name, unique within the parent without regard to letter case.
    pub name: String,
    /// What it is for.
    pub kind: FolderType,
    /// Its last change: of name, parent or kind, not of the items in it.
    pub revision: Revision,
}

impl Folder {
    /// The class of the items that are synchronized from this folder. A folder of the user's without a class is one of mail.
    pub fn class(&self) -> Option<Class<'static>> {
        match self.kind {
            FolderType::UserCreated => Some(Class::Email),
            kind => kind.class(),
        }
    }
}

/// An item with its content.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Which item.
    pub id: ItemId,
    /// Its last change of any kind.
    pub revision: Revision,
    /// What it is.
    pub content: Content,
}

/// What changed about an item, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemChange {
    /// Which item.
    pub item: ItemId,
    /// Its last change of any kind.
    pub revision: Revision,
    /// The item as it is; `None` when it is no longer in the folder.
    pub present: Option<Present>,
}

/// What is known of an item that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// Its class.
    pub kind: ContentKind,
    /// Its last change other than marking a mail as read, flagged and so on.
    pub content_revision: Revision,
    /// When it began to age, see [`Content::date`]; `None` if it never does.
    pub date: Option<Timestamp>,
}

/// What an item is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A mail.
    Email(Box<Email>),
    /// A contact.
    Contact(Box<Contact<'static>>),
    /// An event or a series of events.
    Event(Box<Calendar<'static>>),
}

impl Content {
    /// Its class.
    pub fn kind(&self) -> ContentKind {
        match self {
            Self::Email(_) => ContentKind::Email,
            Self::Contact(_) => ContentKind::Contact,
            Self::Event(_) => ContentKind::Event,
        }
    }
}

/// The class of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContentKind {
    /// A mail.
    Email,
    /// A contact.
    Contact,
    /// An event or a series of events.
    Event,
}

impl ContentKind {
    /// The same as a class of the protocol.
    pub fn class(self) -> Class<'static> {
        match self {
            Self::Email => Class::Email,
            Self::Contact => Class::Contacts,
            Self::Event => Class::Calendar,
        }
    }
}

/// A mail: the message as it came, and what the user did with it.
#[derive(Clone, PartialEq)]
pub struct Email {
    /// The message (RFC 5322), byte for byte.
    pub raw: Vec<u8>,
    /// When it arrived here.
    pub received: Timestamp,
    /// Not sent yet.
    pub draft: bool,
    /// What the user did with it.
    pub marks: EmailMarks,
}

impl Email {
    /// An unread message.
    pub fn new(raw: impl Into<Vec<u8>>, received: Timestamp) -> Self {
        Self { raw: raw.into(), received, draft: false, marks: EmailMarks::default() }
    }
}

/// Mail is private: its size is enough for a log.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Email")
            .field("raw", &format_args!("{} bytes", self.raw.len()))
            .field("received", &self.received)
            .field("draft", &self.draft)
            .field("marks", &self.marks)
            .finish()
    }
}

/// What the user did with a mail.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EmailMarks {
    /// Whether the user has read it.
    pub read: bool,
    /// The follow-up flag, if there is one.
    pub flag: Option<Flag<'static>>,
    /// The user's categories.
    pub categories: Vec<String>,
    /// Whether it was answered or forwarded.
    pub last_verb: LastVerbExecuted,
    /// When that was.
    pub last_verb_time: Option<Timestamp>,
}
