//! Which folder of the mailbox a directory means.

use std::collections::HashMap;

use activesync_types::folder_hierarchy::FolderType;

use crate::backend::{BackendError, ContentKind, Folder, FolderId, Mailbox, Result};
use crate::sync::text::is_clean;

/// Names of the folders that every mailbox has, as mailers and people write them, in lower case.
const GIVEN: &[(FolderType, &[&str])] = &[
    (FolderType::Inbox, &["inbox", "posteingang", "boîte de réception", "inkorgen"]),
    (FolderType::Drafts, &["drafts", "draft", "entwürfe", "brouillons", "utkast"]),
    (
        FolderType::SentItems,
        &[
            "sent",
            "sent items",
            "sent mail",
            "sent messages",
            "gesendet",
            "gesendete elemente",
            "envoyés",
            "skickat",
        ],
    ),
    (
        FolderType::DeletedItems,
        &[
            "trash",
            "deleted items",
            "deleted messages",
            "deleted",
            "bin",
            "papierkorb",
            "corbeille",
            "papperskorgen",
        ],
    ),
    (FolderType::Outbox, &["outbox", "postausgang"]),
    (FolderType::Calendar, &["calendar", "kalender", "calendrier"]),
    (FolderType::Contacts, &["contacts", "kontakte", "kontakter"]),
];

/// Folders that were found, by the names of the directories and by class.
#[derive(Default)]
pub(super) struct Folders {
    known: HashMap<(Vec<String>, ContentKind), FolderId>,
}

impl Folders {
    /// The folder for items of a class in these directories; made if there is none.
    pub(super) fn find(
        &mut self,
        mailbox: &mut dyn Mailbox,
        names: &[String],
        kind: ContentKind,
    ) -> Result<Folder> {
        // A name of a directory may have what devices cannot take.
        let fit = |c| if is_clean(c) { c } else { char::REPLACEMENT_CHARACTER };
        let names: Vec<String> = names.iter().map(|name| name.chars().map(fit).collect()).collect();
        let key = (names, kind);
        // It may have been deleted while the import ran.
        if let Some(id) = self.known.get(&key)
            && let Some(folder) = mailbox.folder(*id)?
        {
            return Ok(folder);
        }
        let id = find(mailbox, &key.0, kind)?;
        self.known.insert(key, id);
        mailbox.folder(id)?.ok_or(BackendError::NoFolder(id))
    }
}

fn find(mailbox: &mut dyn Mailbox, names: &[String], kind: ContentKind) -> Result<FolderId> {
    let folders = mailbox.folders()?;
    let given = |wanted: FolderType| folders.iter().find(|folder| folder.kind == wanted);
    let (usual, own) = match kind {
        ContentKind::Email => (FolderType::Inbox, FolderType::UserMail),
        ContentKind::Contact => (FolderType::Contacts, FolderType::UserContacts),
        ContentKind::Event => (FolderType::Calendar, FolderType::UserCalendar),
    };
    let mut at: Option<Folder> = None;
    for (depth, name) in names.iter().enumerate() {
        let is_last = depth + 1 == names.len();
        let parent = at.as_ref().map(|folder| folder.id);
        let fits = |folder: &&Folder| !is_last || folder.class() == Some(kind.class());
        let of_name = GIVEN.iter().find(|(_, names)| names.contains(&name.to_lowercase().as_str()));
        if parent.is_none()
            && let Some(folder) = of_name.and_then(|(wanted, _)| given(*wanted)).filter(fits)
        {
            at = Some(folder.clone());
            continue;
        }
        let is_it = |name: &str, folder: &&Folder| {
            folder.parent == parent && folder.name.to_lowercase() == name.to_lowercase()
        };
        // A directory with both mail and contacts means two folders.
        let other = format!("{name} ({})", kind.class().as_str());
        let found = folders.iter().find(|folder| is_it(name, folder) && fits(folder));
        let found = found.or_else(|| folders.iter().find(|folder| is_it(&other, folder) && fits(folder)));
        at = Some(if let Some(folder) = found {
            folder.clone()
        } else {
            let id = match mailbox.create_folder(parent, name, own) {
                Err(BackendError::NameTaken(_)) => mailbox.create_folder(parent, &other, own)?,
                done => done?,
            };
            mailbox.folder(id)?.ok_or(BackendError::NoFolder(id))?
        });
    }
    if let Some(folder) = at {
        return Ok(folder.id);
    }
    given(usual).map(|folder| folder.id).ok_or_else(|| {
        BackendError::Other(
            format!("the mailbox has no folder for items of class {}", kind.class().as_str()).into(),
        )
    })
}
