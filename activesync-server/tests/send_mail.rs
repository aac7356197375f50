//! Mail between the server's users, to a relay, and back to the sender.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use activesync_server::Relay;
use activesync_server::backend::{Backend, Content, Email, Revision};
use activesync_server::store::NewUser;
use activesync_types::SendMail;
use activesync_types::compose_mail::SendMailRequest;
use activesync_types::folder_hierarchy::FolderType;
use common::troubled::{BUSY, FULL};
use common::{Answer, Device, Server};
use mail_parser::MessageParser;
use wbxml::ProtocolVersion;

const MESSAGE: &str = "From: ada <ada@example.org>\r\nTo: bob@example.org\r\nSubject: hello\r\n\
                       Date: Mon, 23 Nov 2026 18:00:00 +0000\r\nMessage-ID: <1@example.org>\r\n\r\nline\r\n";

/// The mails of a folder, oldest first.
fn mails(server: &Server, user: &str, kind: FolderType) -> Vec<Email> {
    let store = server.store();
    let mailbox = store.snapshot(&store.user(user).unwrap()).unwrap();
    let folder = mailbox.folders().unwrap().into_iter().find(|folder| folder.kind == kind).unwrap().id;
    let changes = mailbox.changes(folder, Revision::default(), 100).unwrap();
    let items = changes.iter().map(|change| mailbox.item(folder, change.item).unwrap().unwrap());
    items
        .map(|item| match item.content {
            Content::Email(email) => *email,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn raw(emails: &[Email]) -> Vec<String> {
    emails.iter().map(|email| String::from_utf8(email.raw.clone()).unwrap()).collect()
}

async fn send(device: &Device<'_>, client_id: &str, message: &str) -> Answer {
    device.call::<SendMail>(&SendMailRequest::new(client_id, message.as_bytes())).await
}

fn assert_sent(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b""[..]), "{:?}", answer.first_status());
    assert!(answer.header("content-type").is_none());
}

#[tokio::test]
async fn a_message_arrives_as_it_was_sent_and_a_copy_is_kept() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    assert_sent(&send(&device, "1", MESSAGE).await);
    let arrived = mails(&server, "bob", FolderType::Inbox);
    assert_eq!(raw(&arrived), [MESSAGE]);
    assert!(!arrived[0].marks.read);
    let kept = mails(&server, "ada", FolderType::SentItems);
    assert_eq!(raw(&kept), [MESSAGE]);
    assert!(kept[0].marks.read);
    assert!(mails(&server, "ada", FolderType::Inbox).is_empty());
}

#[tokio::test]
async fn old_versions_send_the_bare_message_and_ask_for_the_copy_in_the_query() {
    let server = Server::start();
    for version in [ProtocolVersion::V2_0, ProtocolVersion::V2_5, ProtocolVersion::V12_1] {
        let device = server.device("ada", version);
        let message = MESSAGE.replace("<1@", &format!("<{version}@"));
        let answer = device.send(&device.query("SendMail"), "message/rfc822", message.clone().into()).await;
        assert_sent(&answer);
        assert_eq!(raw(&mails(&server, "bob", FolderType::Inbox)).last(), Some(&message));
        assert!(mails(&server, "ada", FolderType::SentItems).is_empty(), "nobody asked for a copy");
    }
    let device = server.device("ada", ProtocolVersion::V12_1);
    let query = device.query("SendMail") + "&SaveInSent=T";
    assert_sent(&device.send(&query, "message/rfc822", MESSAGE.into()).await);
    assert_eq!(mails(&server, "ada", FolderType::SentItems).len(), 1);
    // WBXML came with 14.0.
    let wbxml = wbxml::to_vec(&SendMailRequest::new("9", MESSAGE.as_bytes())).unwrap();
    assert_eq!(device.post("SendMail", wbxml).await.status, 400);
}

#[tokio::test]
async fn new_versions_may_send_the_bare_message_too() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let query = device.query("SendMail") + "&SaveInSent=T";
    assert_sent(&device.send(&query, "message/rfc822", MESSAGE.into()).await);
    assert_eq!(raw(&mails(&server, "bob", FolderType::Inbox)), [MESSAGE]);
    assert_eq!(raw(&mails(&server, "ada", FolderType::SentItems)), [MESSAGE]);
    let answer = device.send(&query, "text/plain", MESSAGE.into()).await;
    assert_eq!(answer.first_status(), Some(101), "but not as anything else");
}

#[tokio::test]
async fn who_is_in_bcc_gets_the_message_and_nobody_learns_of_it() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let fields = "Cc: ada@example.org\r\nBcc: secret\r\n <bob@example.org>";
    let message = MESSAGE.replace("To: bob@example.org", fields);
    assert_sent(&send(&device, "1", &message).await);
    for user in ["ada", "bob"] {
        let arrived = raw(&mails(&server, user, FolderType::Inbox));
        assert_eq!(arrived.len(), 1, "{user}");
        assert!(!arrived[0].contains("secret") && arrived[0].contains("Cc: ada"), "{}", arrived[0]);
    }
    assert!(
        raw(&mails(&server, "ada", FolderType::SentItems))[0].contains("Bcc: secret"),
        "the sender may know"
    );
}

#[tokio::test]
async fn a_repeated_message_is_not_delivered_again() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    assert_sent(&send(&device, "1", MESSAGE).await);
    let repeated = send(&device, "1", MESSAGE).await;
    assert_eq!((repeated.status, repeated.first_status()), (200, Some(118)));
    assert_sent(&send(&device, "2", MESSAGE).await);
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 2, "another ClientId is another message");

    // Old versions have no ClientId and no status for it; the Message-ID tells.
    let mut old = server.device("ada", ProtocolVersion::V12_1);
    old.id = "old".into();
    for _ in 0..2 {
        assert_sent(&old.send(&old.query("SendMail"), "message/rfc822", MESSAGE.into()).await);
    }
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 3);
    assert_eq!(mails(&server, "ada", FolderType::SentItems).len(), 2);

    let directory = server.into_directory().await;
    let server = Server::start_in(directory, |builder| builder);
    let device = server.device("ada", ProtocolVersion::V16_1);
    assert_eq!(send(&device, "1", MESSAGE).await.first_status(), Some(118), "after a restart, too");
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_and_changes_nothing() {
    let server = Server::start();
    let mut device = server.device("ada", ProtocolVersion::V16_1);
    let refused = [
        ("Subject: nobody\r\n\r\nx", 119),
        ("To: x@elsewhere.example\r\n\r\nx", 116),
        ("To: undisclosed:;\r\n\r\nx", 119),
        ("", 107),
    ];
    for (message, status) in refused {
        assert_eq!(send(&device, "1", message).await.first_status(), Some(status), "{message}");
    }
    assert_eq!(
        send(&device, "", MESSAGE).await.first_status(),
        Some(106),
        "a ClientId has 1 to 40 characters"
    );
    device.version = Some(ProtocolVersion::V12_1);
    for (message, _) in &refused[..3] {
        let answer = device.send(&device.query("SendMail"), "message/rfc822", (*message).into()).await;
        assert_eq!(answer.status, 500, "{message}");
    }
    for user in ["ada", "bob"] {
        assert!(mails(&server, user, FolderType::Inbox).is_empty());
        assert!(mails(&server, user, FolderType::SentItems).is_empty());
    }
}

#[tokio::test]
async fn who_cannot_be_reached_comes_back_to_the_sender_while_others_get_it() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let message = MESSAGE.replace("To: bob@example.org", "To: bob@example.org, x@elsewhere.example");
    assert_sent(&send(&device, "1", &message).await);
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 1);
    let back = raw(&mails(&server, "ada", FolderType::Inbox));
    assert_eq!(back.len(), 1);
    let bounce = MessageParser::new().parse(back[0].as_bytes()).unwrap();
    assert_eq!(bounce.subject(), Some("Undelivered: hello"));
    assert!(back[0].contains("Final-Recipient: rfc822; x@elsewhere.example"), "{}", back[0]);
    assert!(
        bounce.body_text(0).unwrap().contains("x@elsewhere.example: this server has no relay"),
        "{}",
        back[0]
    );
}

#[tokio::test]
async fn the_sender_is_who_logged_in() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let message = MESSAGE.replace("ada <ada@example.org>", "king@example.org");
    assert_sent(&send(&device, "1", &message).await);
    let arrived = raw(&mails(&server, "bob", FolderType::Inbox));
    assert!(arrived[0].starts_with("From: \"ada\" <ada@example.org>\r\n"), "{}", arrived[0]);
    assert!(!arrived[0].contains("king"));
}

/// What an SMTP server that knows no TLS was told: recipients it took, and messages.
#[derive(Default)]
struct Taken {
    recipients: Vec<String>,
    messages: Vec<String>,
}

/// An SMTP server for one test. It refuses recipients named `refused`, and all of them for now while `busy`.
fn smtp(busy: Arc<Mutex<bool>>) -> (String, Arc<Mutex<Taken>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let taken = Arc::new(Mutex::new(Taken::default()));
    let shared = Arc::clone(&taken);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut out = stream;
            let mut say = |reply: &str| write!(out, "{reply}\r\n").is_ok();
            say("220 test");
            let mut recipients = Vec::new();
            while let Some(Ok(line)) = lines.next() {
                let reply = match line.split([' ', ':']).next().unwrap_or_default() {
                    "EHLO" | "HELO" => "250 test",
                    "RCPT" if *busy.lock().unwrap() => "451 later",
                    "RCPT" if line.contains("refused") => "550 no such user",
                    "RCPT" => {
                        recipients.push(line.split(['<', '>']).nth(1).unwrap().to_owned());
                        "250 ok"
                    }
                    "DATA" => {
                        say("354 go on");
                        let data = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".");
                        let message = data.map(|line| line + "\r\n").collect();
                        let mut taken = shared.lock().unwrap();
                        taken.messages.push(message);
                        taken.recipients.append(&mut recipients);
                        "250 taken"
                    }
                    "RSET" => {
                        recipients.clear();
                        "250 ok"
                    }
                    "QUIT" => {
                        say("221 bye");
                        break;
                    }
                    _ => "250 ok",
                };
                if !say(reply) {
                    break;
                }
            }
        }
    });
    (url, taken)
}

#[tokio::test]
async fn mail_for_others_goes_to_the_relay() {
    let (url, taken) = smtp(Arc::default());
    let server = Server::start_with(|builder| builder.relay(Relay::from_url(&url).unwrap()));
    let device = server.device("ada", ProtocolVersion::V16_1);
    let message = MESSAGE.replace(
        "To: bob@example.org",
        "To: bob@example.org, x@elsewhere.example\r\nBcc: y@elsewhere.example, refused@elsewhere.example",
    );
    assert_sent(&send(&device, "1", &message).await);
    {
        let taken = taken.lock().unwrap();
        assert_eq!(taken.recipients, ["x@elsewhere.example", "y@elsewhere.example"]);
        assert!(
            taken
                .messages
                .iter()
                .all(|message| message.contains("Subject: hello") && !message.contains("Bcc"))
        );
    }
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 1);
    let back = raw(&mails(&server, "ada", FolderType::Inbox));
    assert_eq!(back.len(), 1);
    assert!(back[0].contains("refused@elsewhere.example") && back[0].contains("no such user"), "{}", back[0]);

    assert_eq!(send(&device, "1", &message).await.first_status(), Some(118));
    assert_eq!(taken.lock().unwrap().recipients.len(), 2);
}

#[tokio::test]
async fn a_relay_that_fails_for_now_leaves_the_message_with_the_client() {
    let busy = Arc::new(Mutex::new(true));
    let (url, taken) = smtp(Arc::clone(&busy));
    let server = Server::start_with(|builder| builder.relay(Relay::from_url(&url).unwrap()));
    let device = server.device("ada", ProtocolVersion::V16_1);
    let message = MESSAGE.replace("To: bob@example.org", "To: bob@example.org, x@elsewhere.example");
    assert_eq!(send(&device, "1", &message).await.first_status(), Some(120));
    assert!(mails(&server, "bob", FolderType::Inbox).is_empty(), "nobody has it yet");
    assert!(mails(&server, "ada", FolderType::Inbox).is_empty());
    *busy.lock().unwrap() = false;
    assert_sent(&send(&device, "1", &message).await);
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 1);
    assert_eq!(taken.lock().unwrap().recipients, ["x@elsewhere.example"]);
}

#[tokio::test]
async fn a_message_that_the_relay_took_is_sent_though_the_senders_mailbox_is_full() {
    let (url, taken) = smtp(Arc::default());
    let relay = Relay::from_url(&url).unwrap();
    let (server, trouble) = Server::start_troubled(|builder| builder.relay(relay));
    let ada = server.store().user("ada").unwrap();
    *trouble.of.lock().unwrap() = Some((ada.clone(), FULL, usize::MAX));
    let device = server.device("ada", ProtocolVersion::V16_1);
    let message = MESSAGE.replace("To: bob@example.org", "To: bob@example.org, x@elsewhere.example");
    assert_sent(&send(&device, "1", &message).await);
    assert_eq!(taken.lock().unwrap().recipients, ["x@elsewhere.example"]);
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 1);

    // What the relay refused cannot be noted before it is tried again with the rest.
    *trouble.of.lock().unwrap() = Some((ada, FULL, 1));
    let message = message.replace("To: ", "To: refused@elsewhere.example, ");
    assert_sent(&send(&device, "2", &message).await);
    let back = raw(&mails(&server, "ada", FolderType::Inbox));
    assert!(back.len() == 1 && back[0].contains("refused@elsewhere.example"), "{back:?}");
}

#[tokio::test]
async fn a_recipient_who_has_the_message_does_not_get_it_again_when_another_was_busy() {
    let (server, trouble) = Server::start_troubled(|builder| builder);
    let store = server.store();
    store
        .add_user(&NewUser { address: Some("carol@example.org".into()), ..NewUser::named("carol") }, "x")
        .unwrap();
    let carol = store.user("carol").unwrap();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let message = MESSAGE.replace("To: bob@example.org", "To: bob@example.org, carol@example.org");
    *trouble.of.lock().unwrap() = Some((carol.clone(), BUSY, 1));
    assert_eq!(send(&device, "1", &message).await.first_status(), Some(111), "try again");
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 1);
    assert!(mails(&server, "carol", FolderType::Inbox).is_empty());
    assert_sent(&send(&device, "1", &message).await);
    for user in ["bob", "carol"] {
        assert_eq!(mails(&server, user, FolderType::Inbox).len(), 1, "{user}");
    }

    // A message that could not be known again is not asked for again: its sender learns who has to get it anew.
    *trouble.of.lock().unwrap() = Some((carol, BUSY, 1));
    let old = server.device("ada", ProtocolVersion::V12_1);
    let message = message.replace("Message-ID: <1@example.org>\r\n", "");
    assert_sent(&old.send(&old.query("SendMail"), "message/rfc822", message.into()).await);
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 2);
    let back = raw(&mails(&server, "ada", FolderType::Inbox));
    assert!(back.len() == 1 && back[0].contains("carol"), "{back:?}");
}

#[tokio::test]
async fn a_message_has_no_more_recipients_than_the_limit() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let to = |count: usize| {
        let mut to = "To: bob@example.org".to_owned();
        for number in 1..count {
            to.extend([",\r\n x", &number.to_string(), "@elsewhere.example"]);
        }
        MESSAGE.replace("To: bob@example.org", &to)
    };
    assert_sent(&send(&device, "1", &to(5_000)).await);
    assert_eq!(send(&device, "2", &to(5_001)).await.first_status(), Some(115));
    let old = server.device("ada", ProtocolVersion::V12_1);
    let answer = old.send(&old.query("SendMail"), "message/rfc822", to(5_001).into()).await;
    assert_eq!(answer.status, 413);
    assert_eq!(mails(&server, "bob", FolderType::Inbox).len(), 1);
}

#[test]
fn an_address_that_is_no_relay_is_refused_and_does_not_show_its_password() {
    let error = Relay::from_url("http://ada:sesame@relay.example").unwrap_err();
    assert!(error.to_string().contains("smtps://"), "{error}");
    let relay = Relay::from_url("smtps://ada:sesame@relay.example").unwrap();
    assert!(!format!("{relay:?}").contains("sesame"));
}
