//! Which directory belongs to which folder.
//!
//! The directories say so themselves: the root has a marker file that names the copy, each folder's directory one
//! that names the folder and the copy that it was last complete in. So directories can be moved, and folders renamed
//! on the server, without confusing one for another.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::files::{self, EXTENSIONS};
use super::names;
use crate::error::{Error, Result};
use crate::folders::Folder;
use crate::private;

const ROOT_MARKER: &str = ".activesync";
const FOLDER_MARKER: &str = ".folder";

/// Directories nest as folders do, up to this depth. A folder that lies deeper has its directory in the root, so that
/// paths stay below the 4,096 bytes that systems take, however long the names are and whatever is renamed.
const NESTED: usize = 12;

/// Beyond this there are no directories of ours, also where a person has moved some.
const DEPTH: usize = 32;

/// What the marker of a root says.
#[derive(Debug)]
pub(super) struct RootMarker {
    /// Which copy it is.
    pub(super) replica: String,
    /// Whose data they are.
    pub(super) account: String,
}

/// The root, made if need be, with its whole path; and what its marker says, if it has one.
pub(super) fn open_root(root: &Path) -> Result<(PathBuf, Option<RootMarker>)> {
    let fault = |source| Error::File { path: root.to_owned(), source };
    private::create_directory(root).map_err(fault)?;
    let root = root.canonicalize().map_err(fault)?;
    let marked = read_marker(&root.join(ROOT_MARKER))?.map(|text| {
        let mut lines = text.lines().map(str::to_owned);
        RootMarker { replica: lines.next().unwrap_or_default(), account: lines.next().unwrap_or_default() }
    });
    Ok((root, marked))
}

/// Says which copy a root is, and whose.
pub(super) fn mark_root(root: &Path, marker: &RootMarker) -> Result<()> {
    let text = format!("{}\n{}\n", marker.replica, marker.account);
    files::replace(&root.join(ROOT_MARKER), text.as_bytes())?;
    files::sync_directory(root)
}

fn read_marker(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(source) if source.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::File { path: path.to_owned(), source }),
    }
}

/// The directories of folders.
#[derive(Debug)]
pub(super) struct Layout {
    root: PathBuf,
    /// By the folder's identifier.
    directories: HashMap<String, Place>,
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    replica: Option<String>,
}

impl Layout {
    /// Finds the directories below a root.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let mut layout = Self { root: root.to_owned(), directories: HashMap::new() };
        layout.scan(&layout.root.clone(), DEPTH)?;
        Ok(layout)
    }

    fn scan(&mut self, directory: &Path, depth: usize) -> Result<()> {
        if let Some(marker) = read_marker(&directory.join(FOLDER_MARKER))? {
            let mut lines = marker.lines();
            if let Some(id) = lines.next().filter(|id| !id.is_empty()) {
                let replica = lines.next().map(str::to_owned);
                self.directories.insert(id.to_owned(), Place { path: directory.to_owned(), replica });
            }
        }
        if depth == 0 {
            return Ok(());
        }
        let fault = |source| Error::File { path: directory.to_owned(), source };
        let entries = match fs::read_dir(directory) {
            // Nothing in it could be written either.
            Err(source) if source.kind() == io::ErrorKind::InvalidFilename => return Ok(()),
            entries => entries.map_err(fault)?,
        };
        for entry in entries {
            let entry = entry.map_err(fault)?;
            let is_directory = entry.file_type().map_err(fault)?.is_dir();
            // A root within a root is another account's, or another copy.
            if is_directory && !entry.path().join(ROOT_MARKER).exists() {
                self.scan(&entry.path(), depth - 1)?;
            }
        }
        Ok(())
    }

    pub(super) fn directory(&self, id: &str) -> Option<&Path> {
        self.directories.get(id).map(|place| place.path.as_path())
    }

    /// Whether the directory of a folder was complete in this copy already.
    pub(super) fn is_of(&self, id: &str, replica: &str) -> bool {
        self.directories.get(id).is_some_and(|place| place.replica.as_deref() == Some(replica))
    }

    /// The directory of a folder is complete in this copy.
    pub(super) fn belongs_to(&mut self, id: &str, replica: &str) -> Result<()> {
        if let Some(place) = self.directories.get_mut(id) {
            files::replace(&place.path.join(FOLDER_MARKER), format!("{id}\n{replica}\n").as_bytes())?;
            files::sync_directory(&place.path)?;
            place.replica = Some(replica.to_owned());
        }
        Ok(())
    }

    /// Makes the directories of a folder and of those that it is in, the outermost first.
    pub(super) fn settle(&mut self, chain: &[Folder]) -> Result<PathBuf> {
        let mut directory = self.root.clone();
        for folder in chain {
            let id = folder.id.as_str();
            if let Some(place) = self.directories.get(id) {
                directory.clone_from(&place.path);
                continue;
            }
            directory = free_name(&self.places(&directory, folder))?;
            private::create_directory(&directory)
                .map_err(|source| Error::File { path: directory.clone(), source })?;
            files::replace(&directory.join(FOLDER_MARKER), format!("{id}\n").as_bytes())?;
            files::sync_directory(&directory)?;
            if let Some(parent) = directory.parent() {
                files::sync_directory(parent)?;
            }
            self.directories.insert(id.to_owned(), Place { path: directory.clone(), replica: None });
        }
        Ok(directory)
    }

    /// Renames what was renamed, removes what is gone. The folders come with parents before their children.
    pub(super) fn arrange(&mut self, folders: &[Folder]) -> Result<()> {
        let mut gone: Vec<String> = self
            .directories
            .keys()
            .filter(|id| !folders.iter().any(|folder| folder.id.as_str() == id.as_str()))
            .cloned()
            .collect();
        // The innermost first: a directory stays for what is in it.
        gone.sort_by_key(|id| Reverse(self.directories[id].path.components().count()));
        for id in gone {
            if let Some(place) = self.directories.remove(&id) {
                empty(&place.path)?;
            }
        }
        for folder in folders {
            let Some(place) = self.directories.get(folder.id.as_str()) else { continue };
            let from = place.path.clone();
            let parent = self.directories.get(folder.parent.as_str()).map_or(&self.root, |place| &place.path);
            let places = self.places(parent, folder);
            let Some(wanted) = places.first().filter(|_| !places.contains(&from)) else { continue };
            if wanted.exists() {
                continue;
            }
            // One that cannot be renamed serves under its old name.
            if let Err(fault) = self.lift(&from, wanted, folders).and_then(|()| self.rename(&from, wanted)) {
                tracing::warn!(%fault, "a directory is not renamed as its folder was");
            }
        }
        Ok(())
    }

    /// The paths that a folder's directory can have, the best first.
    fn places(&self, parent: &Path, folder: &Folder) -> Vec<PathBuf> {
        if self.depth(parent) >= NESTED {
            return vec![self.root.join(distinct(folder))];
        }
        vec![parent.join(names::directory(&folder.name)), parent.join(distinct(folder))]
    }

    fn depth(&self, directory: &Path) -> usize {
        directory.strip_prefix(&self.root).map_or(0, |inside| inside.components().count())
    }

    /// Takes those directories out of one that would be too deep after it was renamed.
    fn lift(&mut self, from: &Path, to: &Path, folders: &[Folder]) -> Result<()> {
        for folder in folders {
            let Some(place) = self.directories.get(folder.id.as_str()) else { continue };
            let Ok(inside) = place.path.strip_prefix(from) else { continue };
            let lifted = self.root.join(distinct(folder));
            if self.depth(&to.join(inside)) > NESTED && !inside.as_os_str().is_empty() && !lifted.exists() {
                self.rename(&place.path.clone(), &lifted)?;
            }
        }
        Ok(())
    }

    /// Renames a directory, with all that are in it.
    fn rename(&mut self, from: &Path, to: &Path) -> Result<()> {
        fs::rename(from, to).map_err(|source| Error::File { path: from.to_owned(), source })?;
        if let Some(parent) = to.parent() {
            files::sync_directory(parent)?;
        }
        for place in self.directories.values_mut() {
            if let Ok(inside) = place.path.strip_prefix(from) {
                place.path = if inside.as_os_str().is_empty() { to.to_owned() } else { to.join(inside) };
            }
        }
        Ok(())
    }
}

/// The first of these places that nothing else has.
fn free_name(places: &[PathBuf]) -> Result<PathBuf> {
    for path in places {
        if is_free(path)? {
            return Ok(path.clone());
        }
    }
    let source =
        io::Error::new(io::ErrorKind::AlreadyExists, "it has files of others: choose another directory");
    Err(Error::File { path: places.first().cloned().unwrap_or_default(), source })
}

/// Whether a directory is not there, or has nothing in it that could be taken for an item. The files of others must not
/// count as items that are gone.
fn is_free(path: &Path) -> Result<bool> {
    let fault = |source| Error::File { path: path.to_owned(), source };
    match fs::symlink_metadata(path) {
        Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(source) => return Err(fault(source)),
        Ok(metadata) if !metadata.is_dir() => return Ok(false),
        Ok(_) => {}
    }
    for entry in fs::read_dir(path).map_err(fault)? {
        let name = entry.map_err(fault)?.file_name();
        if name == ROOT_MARKER || name == FOLDER_MARKER || files::is_item(&name) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn distinct(folder: &Folder) -> String {
    let id = names::stem(folder.id.as_str()).unwrap_or_default();
    names::with_identifier(&folder.name, &id)
}

/// Removes the items' files and the marker; the directory too, if nothing else is in it.
fn empty(directory: &Path) -> Result<()> {
    let fault = |source| Error::File { path: directory.to_owned(), source };
    for entry in fs::read_dir(directory).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let is_item =
            path.extension().is_some_and(|extension| EXTENSIONS.iter().any(|known| extension == *known));
        if is_item && path.is_file() {
            files::remove(&path)?;
        }
    }
    files::remove(&directory.join(FOLDER_MARKER))?;
    match fs::remove_dir(directory) {
        Err(source) if source.kind() != io::ErrorKind::DirectoryNotEmpty => Err(fault(source)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use activesync_types::ServerId;
    use activesync_types::folder_hierarchy::FolderType;

    use super::*;

    fn folder(id: &'static str, parent: &'static str, name: &str) -> Folder {
        Folder {
            id: ServerId::from(id),
            parent: ServerId::from(parent),
            name: name.into(),
            folder_type: FolderType::UserMail,
            by_class: false,
        }
    }

    #[test]
    fn directories_follow_renamed_folders_and_go_with_deleted_ones() {
        let root = tempfile::tempdir().unwrap();
        let mut layout = Layout::read(root.path()).unwrap();
        let (a, b) = (folder("1", "0", "A"), folder("2", "1", "B"));
        let inner = layout.settle(&[a.clone(), b.clone()]).unwrap();
        assert_eq!(inner, root.path().join("A/B"));
        fs::write(inner.join("1.eml"), "mail").unwrap();

        let renamed = folder("1", "0", "A: new");
        layout.arrange(&[renamed.clone(), b.clone()]).unwrap();
        assert_eq!(layout.directory("2"), Some(&*root.path().join("A_ new/B")));
        let mut layout = Layout::read(root.path()).unwrap();
        assert_eq!(layout.directory("2"), Some(&*root.path().join("A_ new/B")));

        let moved = folder("2", "0", "B");
        layout.arrange(&[renamed.clone(), moved]).unwrap();
        assert_eq!(fs::read_to_string(root.path().join("B/1.eml")).unwrap(), "mail");

        fs::write(root.path().join("A_ new/notes.txt"), "mine").unwrap();
        layout.arrange(&[]).unwrap();
        assert!(!root.path().join("B").exists());
        assert_eq!(fs::read_dir(root.path().join("A_ new")).unwrap().count(), 1);
        assert!(Layout::read(root.path()).unwrap().directories.is_empty());
    }

    #[test]
    fn a_tree_of_folders_goes_as_a_whole() {
        let root = tempfile::tempdir().unwrap();
        let mut layout = Layout::read(root.path()).unwrap();
        let inner = layout.settle(&nested(8, "A")).unwrap();
        assert!(inner.ends_with("A/A/A/A/A/A/A/A"));
        layout.arrange(&[]).unwrap();
        assert!(!root.path().join("A").exists());
    }

    /// Folders in one another, the outermost first; with the identifiers `1`, `2` …
    fn nested(count: usize, name: &str) -> Vec<Folder> {
        let folder = |n: usize| Folder {
            id: ServerId::from(n.to_string()),
            parent: ServerId::from((n - 1).to_string()),
            ..folder("0", "0", name)
        };
        (1..=count).map(folder).collect()
    }

    #[test]
    fn folders_nest_however_deep_in_paths_that_systems_take() {
        let root = tempfile::tempdir().unwrap();
        // The longest name of all: 60 characters of 4 bytes.
        let chain = nested(150, &"\u{1F4C1}".repeat(60));
        let mut layout = Layout::read(root.path()).unwrap();
        let places: Vec<PathBuf> = (1..=150).map(|n| layout.settle(&chain[..n]).unwrap()).collect();
        for path in &places {
            fs::write(path.join("1.eml"), "mail").unwrap();
            assert!(
                path.as_os_str().len() < 4096 - 256
                    && path.components().all(|name| name.as_os_str().len() <= 255)
            );
        }
        assert_eq!(places.iter().collect::<std::collections::HashSet<_>>().len(), 150);

        let mut again = Layout::read(root.path()).unwrap();
        again.arrange(&chain).unwrap();
        for (folder, path) in chain.iter().zip(&places) {
            assert_eq!(again.directory(folder.id.as_str()), Some(path.as_path()), "each stays where it was");
        }
    }

    #[test]
    fn what_gets_too_deep_by_a_move_is_taken_out_before() {
        let root = tempfile::tempdir().unwrap();
        let mut chain = nested(22, &"n".repeat(60));
        chain[11].parent = ServerId::from("0");
        let mut layout = Layout::read(root.path()).unwrap();
        layout.settle(&chain[..11]).unwrap();
        let inner = layout.settle(&chain[11..]).unwrap();
        assert_eq!(layout.depth(&inner), 11, "two chains side by side");
        fs::write(inner.join("1.eml"), "mail").unwrap();

        chain[11].parent = ServerId::from("11");
        layout.arrange(&chain).unwrap();
        assert_eq!(layout.depth(layout.directory("12").unwrap()), NESTED);
        let place = layout.directory("22").unwrap();
        assert_eq!(layout.depth(place), 10, "the rest begins anew in the root");
        assert_eq!(fs::read_to_string(place.join("1.eml")).unwrap(), "mail");
    }

    #[test]
    fn a_directory_with_files_of_others_is_left_to_them() {
        let root = tempfile::tempdir().unwrap();
        for (directory, file) in [("A", "notes.eml"), ("B", "notes.txt"), ("C", ".activesync")] {
            fs::create_dir(root.path().join(directory)).unwrap();
            fs::write(root.path().join(directory).join(file), "mine").unwrap();
        }
        let mut layout = Layout::read(root.path()).unwrap();
        for (id, name, found) in [("1", "A", "A (1)"), ("2", "B", "B"), ("3", "C", "C (3)")] {
            assert_eq!(layout.settle(&[folder(id, "0", name)]).unwrap(), root.path().join(found));
        }
        fs::create_dir(root.path().join("A (4)")).unwrap();
        fs::write(root.path().join("A (4)/notes.eml.tmp"), "mine").unwrap();
        let error = layout.settle(&[folder("4", "0", "A")]).unwrap_err().to_string();
        assert!(error.contains("files of others"), "{error}");
    }

    #[test]
    fn another_root_within_the_root_is_not_looked_into() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("mail");
        fs::create_dir(&inner).unwrap();
        mark_root(&inner, &RootMarker { replica: "r".into(), account: "bob".into() }).unwrap();
        Layout::read(&inner).unwrap().settle(&[folder("1", "0", "A")]).unwrap();
        assert!(Layout::read(&inner).unwrap().directory("1").is_some());
        assert!(Layout::read(root.path()).unwrap().directory("1").is_none());
    }

    #[test]
    fn folders_whose_names_look_alike_have_directories_of_their_own() {
        let root = tempfile::tempdir().unwrap();
        let mut layout = Layout::read(root.path()).unwrap();
        let (one, other) = (folder("1", "0", "a/b"), folder("2", "0", "a:b"));
        let first = layout.settle(std::slice::from_ref(&one)).unwrap();
        let second = layout.settle(std::slice::from_ref(&other)).unwrap();
        assert_eq!((first, second), (root.path().join("a_b"), root.path().join("a_b (2)")));
        layout.arrange(&[one, other]).unwrap();
        assert_eq!(layout.directory("2"), Some(&*root.path().join("a_b (2)")));
    }
}
