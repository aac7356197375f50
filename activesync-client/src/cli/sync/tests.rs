//! Bars, on a terminal that remembers them.

use std::io;
use std::sync::{Arc, Mutex};

use activesync_client::types::folder_hierarchy::FolderType;
use activesync_client::types::get_item_estimate::{EstimateResponse, GetItemEstimateResponse};
use activesync_client::types::{Command, GetItemEstimate};
use indicatif::TermLike;

use super::*;
use crate::cli::support::mailbox::Mailbox;
use crate::cli::support::{Fake, Reply, Seen};

/// A terminal that remembers what was written to it.
#[derive(Clone, Debug, Default)]
struct Screen(Arc<Mutex<String>>);

impl Screen {
    fn shows(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn bar(&self, estimate: impl Into<Option<u64>>) -> Bar {
        let target = ProgressDrawTarget::term_like(Box::new(self.clone()));
        Bar::new("Inbox", 5, estimate.into(), target)
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        80
    }

    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.write_str(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap().push_str(text);
        Ok(())
    }

    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }

    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_folder_in_which_nothing_happens_has_no_bar() {
    let screen = Screen::default();
    screen.bar(0).finish();
    assert_eq!(screen.shows(), "");
}

#[test]
fn a_bar_is_there_when_something_is_expected_or_comes_all_the_same() {
    let screen = Screen::default();
    let mut bar = screen.bar(0);
    bar.advance(1, 1_000);
    bar.finish();
    assert!(screen.shows().contains("Inbox") && screen.shows().contains("1/1"), "{}", screen.shows());

    let screen = Screen::default();
    let bar = screen.bar(5);
    assert!(!bar.drawn.is_hidden(), "before anything comes");
    bar.finish();
}

#[tokio::test]
async fn bars_are_as_long_as_the_server_estimates() {
    let shown = shown_with_estimates("Inbox", |seen| {
        // More than there is, so that it cannot come from anywhere else.
        let responses = vec![EstimateResponse::new("1", 42), EstimateResponse::new("2", 17)];
        Reply::to::<GetItemEstimate>(seen, &GetItemEstimateResponse { status: None, responses })
    })
    .await;
    for drawn in ["1/42", "2/42", "1/17", "2/17"] {
        assert!(shown.contains(drawn), "{drawn} is not in {shown}");
    }
}

#[tokio::test]
async fn a_wrong_estimate_costs_the_length_of_the_bars_and_nothing_else() {
    let answers: [fn(&Seen) -> Reply; 3] = [
        |seen| {
            let responses = vec![EstimateResponse::new("1", 42), EstimateResponse::new("2", 42)];
            let response = GetItemEstimateResponse { status: None, responses };
            let body = GetItemEstimate::encode_response(&response, seen.version()).unwrap();
            // `Estimate` with the text "-5".
            let at = body.windows(4).position(|bytes| bytes == b"\x0342\0").unwrap();
            Reply::wbxml([&body[..at], b"\x03-5\0", &body[at + 4..]].concat())
        },
        |seen| {
            let responses = vec![EstimateResponse::new("1", 42)];
            Reply::to::<GetItemEstimate>(seen, &GetItemEstimateResponse { status: None, responses })
        },
        |_| Reply::status(500),
    ];
    for answer in answers {
        let shown = shown_with_estimates("\x1b]0;pwn\x07", answer).await;
        assert!(shown.contains("Contacts") && shown.contains(r"\u{1b}]0;pwn\u{7}"), "{shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains("/42") && !shown.contains("2/"), "{shown:?}");
    }
}

/// What a terminal shows while two folders of two items each are synchronized and the server estimates so.
async fn shown_with_estimates(inbox: &str, estimate: impl Fn(&Seen) -> Reply + Send + 'static) -> String {
    let mut mailbox = Mailbox::default();
    for (name, kind) in [(inbox, FolderType::Inbox), ("Contacts", FolderType::Contacts)] {
        let folder = mailbox.add_folder(name, kind);
        mailbox.put(&folder, "one");
        mailbox.put(&folder, "two");
    }
    let fake = Fake::start("16.1", move |seen| match seen.command.as_str() {
        "GetItemEstimate" => estimate(seen),
        _ => mailbox.answer(seen),
    })
    .await;
    let client = fake.client().connect().await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mirror = Mirror::open(&client, directory.path()).await.unwrap();
    let folders = client.folders().await.unwrap();
    let chosen = [folders.inbox().unwrap(), folders.contacts().unwrap()];
    let screen = Screen::default();
    let target = || ProgressDrawTarget::term_like(Box::new(screen.clone()));
    let mut total = Total::default();
    synchronize(&client, &mirror, &folders, &chosen, &mut total, target).await.unwrap();
    assert_eq!(total.tally.added, 4);
    screen.shows()
}
