//! Writes inputs to begin with into `found/TARGET/`: the documents of the specification's facts in `../shared/spec`,
//! the items in them, and documents of arbitrary values.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use activesync_fuzz::document_of;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wbxml::codepages::airsync;
use wbxml::{Event, Reader};

fn main() -> io::Result<()> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    let spec = fuzz.join("../../shared/spec");
    let seeds = Seeds { folder: fuzz.join("found") };

    for file in files(&spec)? {
        if file.file_name().is_some_and(|name| name == "http-multipart-body.hex") {
            seeds.add("multipart", &from_hex(&fs::read_to_string(&file)?))?;
        } else if file.extension().is_some_and(|ending| ending == "hex") {
            seeds.add_document(&from_hex(&fs::read_to_string(&file)?))?;
        } else if file.extension().is_some_and(|ending| ending == "xml") {
            seeds.add("from_xml", &fs::read(&file)?)?;
        }
    }
    for row in fs::read_to_string(spec.join("http-query-examples.tsv"))?.lines().skip(1) {
        let base64 = row.split('\t').nth(9).expect("a column base64");
        seeds.add("query", base64.as_bytes())?;
        seeds.add("query", &STANDARD.decode(base64).expect("base64"))?;
    }
    seeds.add("query", PLAIN)?;
    seeds.add("query", ANSWER)?;

    let mut random = Random(1);
    for which in 0..=u8::MAX {
        for length in [8, 64, 512, 2048] {
            let mut input = vec![which];
            input.extend((0..length).map(|_| random.next()));
            // No text can hold a NUL.
            input[1..].iter_mut().filter(|byte| **byte == 0).for_each(|byte| *byte = b'a');
            if let Some(document) = document_of(&input) {
                seeds.add("arbitrary_values", &input)?;
                seeds.add_document(&document)?;
            }
        }
    }
    Ok(())
}

const PLAIN: &[u8] = b"Cmd=SmartReply&User=ada%40example.org&DeviceId=D1&DeviceType=PocketPC&ItemId=rid%3A1\
&CollectionId=5&SaveInSent=T&AttachmentName=a&CollectionName=b&LongId=c&ParentId=0&Occurrence=d
MS-ASProtocolVersion: 14.1
X-MS-PolicyKey: 4040404040
MS-ASAcceptMultiPart: T
Content-Type: application/vnd.ms-sync.wbxml
User-Agent: a
Accept-Language: en";

const ANSWER: &[u8] = b"Cmd=Sync&DeviceId=D1&DeviceType=T
MS-Server-ActiveSync: 15.1
MS-ASProtocolVersions: 2.5,12.0,14.1
MS-ASProtocolCommands: Sync,Ping
X-MS-RP: 2.5,16.1
X-MS-Location: https://example.org/
X-MS-Credentials-Expire: 3
X-MS-Credential-Service-Url: https://example.org/
X-MS-ASThrottle: CommandFrequency
Retry-After: 60";

struct Seeds {
    folder: PathBuf,
}

impl Seeds {
    /// For all targets that take documents.
    fn add_document(&self, document: &[u8]) -> io::Result<()> {
        for target in ["events", "rewrite", "to_xml", "typed", "values"] {
            self.add(target, document)?;
        }
        // Byte for byte; in two lengths with nothing between; strictly, with small limits.
        for how in [&[0x01, 1][..], &[0x03, 2, 0, 5], &[0xC2, 3, 1]] {
            self.add("push", &[how, document].concat())?;
        }
        for item in items(document) {
            self.add("typed", &item)?;
            self.add("values", &item)?;
        }
        Ok(())
    }

    fn add(&self, target: &str, input: &[u8]) -> io::Result<()> {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        let number = fs::read_dir(&folder)?.count();
        fs::write(folder.join(format!("seed-{number:04}")), input)
    }
}

/// The application data in a document, as documents.
fn items(document: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = Reader::new(document);
    let mut items = Vec::new();
    while let Ok(Some(event)) = reader.next() {
        if let Event::Start { tag, .. } = event
            && tag == airsync::ApplicationData
            && let Ok(item) = reader.any(airsync::ApplicationData)
        {
            items.extend(wbxml::to_vec(&item));
        }
    }
    items
}

/// All files in a folder and those in it, in order.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|character| !character.is_whitespace())
        .map(|digit| u8::try_from(digit.to_digit(16).expect("a hexadecimal digit")).expect("below 16"))
        .collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// Bytes that look random but are always the same.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u8 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(self.0 >> 56).expect("8 bits")
    }
}
