//! The files of the sample mailbox. They are in the program, so that it runs from anywhere.

use std::io;
use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/sample-mailbox");

/// A file of the sample mailbox.
#[derive(Clone, Copy, Debug)]
pub(super) struct SampleFile {
    /// The directory, which is the folder: `Projects/Harbour`.
    pub(super) folder: &'static str,
    /// The name, without the directory.
    pub(super) name: &'static str,
    pub(super) bytes: &'static [u8],
}

/// The messages.
pub(super) fn messages() -> Vec<SampleFile> {
    of_extension("eml")
}

/// The contacts; a file may hold several.
pub(super) fn contacts() -> Vec<SampleFile> {
    of_extension("vcf")
}

/// The events; a file may hold several.
pub(super) fn events() -> Vec<SampleFile> {
    of_extension("ics")
}

/// Writes all files below a directory.
pub(super) fn write_to(directory: &Path) -> io::Result<()> {
    for file in ["eml", "vcf", "ics"].into_iter().flat_map(of_extension) {
        let folder = directory.join(file.folder);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(file.name), file.bytes)?;
    }
    Ok(())
}

fn of_extension(extension: &str) -> Vec<SampleFile> {
    let mut files = Vec::new();
    collect(&FILES, extension, &mut files);
    files
}

fn collect(directory: &Dir<'static>, extension: &str, files: &mut Vec<SampleFile>) {
    for entry in directory.entries() {
        match entry {
            DirEntry::Dir(inner) => collect(inner, extension, files),
            DirEntry::File(file) => {
                let path = file.path();
                let name = path.file_name().and_then(|name| name.to_str());
                if let (Some(folder), Some(name)) = (path.parent().and_then(Path::to_str), name)
                    && path.extension().is_some_and(|found| found == extension)
                {
                    files.push(SampleFile { folder, name, bytes: file.contents() });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_directory_is_there() {
        let directory = tempfile::tempdir().unwrap();
        write_to(directory.path()).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sample-mailbox");
        let found = listing(directory.path());
        let mut expected = listing(&source);
        expected.retain(|(path, _)| path != "README.md");
        assert_eq!(found.len(), expected.len());
        assert!(found == expected, "the files differ");
        assert_eq!(messages().len() + contacts().len() + events().len(), expected.len());
        assert!(messages().iter().any(|file| file.folder == "Projects/Harbour"));
    }

    fn listing(root: &Path) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let mut directories = vec![root.to_owned()];
        while let Some(directory) = directories.pop() {
            for entry in std::fs::read_dir(&directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    directories.push(path);
                } else {
                    let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                    files.push((name, std::fs::read(&path).unwrap()));
                }
            }
        }
        files.sort();
        files
    }
}
