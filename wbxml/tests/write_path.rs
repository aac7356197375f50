//! An error while writing says in which element.
#![cfg(feature = "derive")]

use wbxml::codepages::{airsync, email, email2, folderhierarchy};
use wbxml::{Encode, ErrorKind, Limits, Sink, Tag, Writer};

#[derive(Encode)]
#[wbxml(page = airsync, tag = Sync)]
struct Sync {
    #[wbxml(Collections, list = Collection)]
    collections: Vec<Collection>,
}

#[derive(Default, Encode)]
#[wbxml(page = airsync)]
struct Collection {
    #[wbxml(SyncKey)]
    key: Option<String>,
    #[wbxml(Commands, list)]
    commands: Vec<Command>,
}

#[derive(Encode)]
#[wbxml(page = airsync, choice)]
enum Command {
    #[wbxml(Add)]
    Add(Box<Data>),
    #[wbxml(Delete, text)]
    Delete(String),
}

#[derive(Default, Encode)]
#[wbxml(page = airsync)]
struct Data {
    #[wbxml(ApplicationData)]
    mail: Mail,
}

#[derive(Default, Encode)]
#[wbxml(page = email)]
struct Mail {
    #[wbxml(Subject)]
    subject: String,
    #[wbxml(To)]
    to: Vec<String>,
}

fn error(collection: Collection) -> String {
    wbxml::to_vec(&Sync { collections: vec![collection] }).unwrap_err().to_string()
}

fn with(command: Command) -> Collection {
    Collection { commands: vec![command], ..Collection::default() }
}

const NUL: &str =
    "text holds a NUL character, which would end it in WBXML: remove it, or use bytes and OPAQUE";

#[test]
fn the_path_leads_to_the_field() {
    let mail = Mail { subject: "a\0b".into(), ..Mail::default() };
    assert_eq!(
        error(with(Command::Add(Box::new(Data { mail })))),
        format!("Sync/Collections/Collection/Commands/Add/ApplicationData/Subject: {NUL}")
    );
    let mail = Mail { to: vec!["a".into(), "b\0".into()], ..Mail::default() };
    assert_eq!(
        error(with(Command::Add(Box::new(Data { mail })))),
        format!("Sync/Collections/Collection/Commands/Add/ApplicationData/To: {NUL}")
    );
    assert_eq!(
        error(with(Command::Delete("\0".into()))),
        format!("Sync/Collections/Collection/Commands/Delete: {NUL}")
    );
    assert_eq!(
        error(Collection { key: Some("\0".into()), ..Collection::default() }),
        format!("Sync/Collections/Collection/SyncKey: {NUL}")
    );
}

#[test]
fn names_are_those_of_the_language_or_numbers() {
    let mut writer = Writer::new(Vec::new());
    let unknown = Tag::new(99, 5);
    let error = writer.element(unknown, "\0").unwrap_err();
    assert_eq!(error.to_string(), format!("(page 99 token 0x05): {NUL}"));
    let step = &error.path().steps()[0];
    assert_eq!((&*step.name, step.number), ("(page 99 token 0x05)", 0));
}

/// An element in itself, so many times.
struct Nested(u32);

impl Encode for Nested {
    fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        match self.0 {
            0 => Ok(()),
            left => writer.element(folderhierarchy::Folder, &Self(left - 1)),
        }
    }
}

#[test]
fn what_lies_too_deep_has_a_path_too() {
    let mut limits = Limits::default();
    limits.depth = 2;
    let mut writer = Writer::new(Vec::new()).limits(limits);
    let error = Nested(3).encode(&mut writer).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::LimitExceeded { limit: "depth", value: 2 }), "{error}");
    assert_eq!(error.path().to_string(), "Folder/Folder");
}

/// A sink that is full.
struct Full;

impl Sink for Full {
    fn write_all(&mut self, _: &[u8]) -> wbxml::Result<()> {
        Err(wbxml::Error::new(ErrorKind::Sink("full".into())))
    }
}

#[test]
fn a_sink_fails_in_no_element() {
    let mut sink = Full;
    let long = vec![0; 100_000];
    let mut writer = Writer::with_sink(&mut sink);
    let error = writer.opaque_element(email2::ConversationId, &long).unwrap_err();
    assert_eq!(error.to_string(), "writing failed: full");
}
