//! ItemOperations, GetAttachment and MoveItems over a real socket.

mod common;

use activesync_server::backend::{Content, Email as StoredEmail};
use activesync_types::airsyncbase::{BodyPreference, BodyType};
use activesync_types::compose_mail::SendMailRequest;
use activesync_types::contacts::Contact;
use activesync_types::email::Email;
use activesync_types::folder_hierarchy::FolderType;
use activesync_types::http::MultiPart;
use activesync_types::item_operations::{
    EmptyFolderContents, EmptyFolderOptions, Fetch, FetchOptions, ItemOperationsRequest, ItemProperties,
    Move as Conversation, Operation, Range,
};
use activesync_types::move_items::{Move, MoveItemsRequest};
use activesync_types::status::{ItemOperationsStatus, MoveItemsStatus};
use activesync_types::sync::{ServerCommand, SyncRequest};
use activesync_types::{Class, Command, ItemOperations, MoveItems, SendMail, Sync, TagList};
use common::{Answer, Device, Server};
use jiff::Timestamp;
use wbxml::codepages::{airsyncbase, email};
use wbxml::{ProtocolVersion, TextOrBytes};

const MESSAGE: &str = "From: bob@example.org\r\nTo: ada@example.org\r\nSubject: with a file\r\nMIME-Version: 1.0\r\n\
     Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\u{fc}\u{df}e\r\n\
     --b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"dot.png\"\r\n\
     Content-Transfer-Encoding: base64\r\n\r\nAAECAwQFBgcICQ==\r\n--b--\r\n";

/// What MESSAGE has attached.
const FILE: &[u8] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

/// The Inbox, the message in it and its file, as the server calls them.
struct Names {
    folder: String,
    item: String,
    file: String,
}

async fn with_message(server: &Server, device: &Device<'_>) -> Names {
    let message = StoredEmail::new(MESSAGE, Timestamp::now());
    server.put("ada", FolderType::Inbox, &Content::Email(Box::new(message)));
    let folder = device.folder(FolderType::Inbox).await;
    let key = device.start(&folder, Class::Email).await;
    let answer =
        device.call::<Sync>(&SyncRequest::from(device.collection(&key, &folder, Class::Email))).await;
    let response = answer.decode::<Sync>();
    let ServerCommand::Add(add) = &response.collections[0].commands[0] else { panic!("{response:?}") };
    let email: Email<'_> = add.application_data.decode().unwrap();
    let file = match email.attachments.first() {
        Some(entry) => entry.attachment().unwrap().file_reference.to_string(),
        None => email.legacy_attachments[0].att_name.clone().unwrap().into_owned(),
    };
    Names { folder, item: add.server_id.to_string(), file }
}

async fn fetch(device: &Device<'_>, fetch: Fetch<'_>) -> Answer {
    device.call::<ItemOperations>(&ItemOperationsRequest::from(vec![Operation::from(fetch)])).await
}

fn status(answer: &Answer) -> ItemOperationsStatus {
    answer.decode::<ItemOperations>().response.unwrap().fetches[0].status
}

#[tokio::test]
async fn an_attachment_comes_inline_or_beside_the_document() {
    for version in
        [ProtocolVersion::V12_0, ProtocolVersion::V12_1, ProtocolVersion::V14_1, ProtocolVersion::V16_1]
    {
        let server = Server::start();
        let device = server.device("ada", version);
        let names = with_message(&server, &device).await;
        let answer = fetch(&device, Fetch::attachment(names.file.as_str())).await;
        let response = answer.decode::<ItemOperations>().response.unwrap();
        assert_eq!(response.fetches[0].status, ItemOperationsStatus::Success);
        assert_eq!(response.fetches[0].file_reference.as_ref().unwrap(), &names.file.as_str());
        let properties: ItemProperties<'_> =
            response.fetches[0].properties.as_ref().unwrap().decode().unwrap();
        assert_eq!(properties.content_type.as_deref(), Some("image/png"));
        assert_eq!(properties.content().unwrap(), FILE);
        assert_eq!((properties.range, properties.total), (None, None), "it breaks the downloads of iOS 10");

        let request = ItemOperationsRequest::from(vec![
            Operation::from(Fetch::attachment(names.file.as_str())),
            Operation::from(Fetch::attachment(names.file.as_str())),
        ]);
        let answer = device.call_multi_part::<ItemOperations>(&request).await;
        assert_eq!(answer.header("content-type"), Some("application/vnd.ms-sync.multipart"));
        let parts = MultiPart::parse(&answer.body).unwrap();
        assert_eq!(parts.parts().len(), 3);
        let response = ItemOperations::decode_response(parts.document()).unwrap().response.unwrap();
        for (number, fetched) in (1..).zip(&response.fetches) {
            let properties: ItemProperties<'_> = fetched.properties.as_ref().unwrap().decode().unwrap();
            assert_eq!((properties.part, properties.data.as_ref()), (Some(number), None));
            assert_eq!(parts.part(number), Some(FILE));
        }
    }
}

#[tokio::test]
async fn a_part_of_an_attachment_is_what_the_range_says() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let names = with_message(&server, &device).await;
    let ranged = |first, last| Fetch {
        options: Some(FetchOptions { range: Range::new(first, last), ..FetchOptions::default() }),
        ..Fetch::attachment(names.file.clone())
    };
    for (first, last, got) in [(0, 3, "0-3"), (4, 8, "4-8"), (8, 100, "8-9")] {
        let answer = fetch(&device, ranged(first, last)).await;
        let response = answer.decode::<ItemOperations>().response.unwrap();
        let properties: ItemProperties<'_> =
            response.fetches[0].properties.as_ref().unwrap().decode().unwrap();
        let range = properties.range.unwrap();
        assert_eq!((range.to_string().as_str(), properties.total), (got, Some(10)));
        assert_eq!(properties.content().unwrap(), &FILE[range.first() as usize..=range.last() as usize]);
    }
    assert_eq!(status(&fetch(&device, ranged(10, 20)).await), ItemOperationsStatus::InvalidRange);
}

#[tokio::test]
async fn an_item_comes_whole_in_the_form_that_is_asked_for() {
    for version in [ProtocolVersion::V12_1, ProtocolVersion::V14_1, ProtocolVersion::V16_1] {
        let server = Server::start();
        let device = server.device("ada", version);
        let names = with_message(&server, &device).await;
        let item = || Fetch::item(names.folder.clone(), names.item.clone());
        let as_mime = Fetch {
            options: Some(FetchOptions {
                mime_support: Some(activesync_types::sync::MimeSupport::Always),
                body_preferences: vec![BodyPreference::new(BodyType::Mime)],
                ..FetchOptions::default()
            }),
            ..item()
        };
        let answer = fetch(&device, as_mime.clone()).await;
        let response = answer.decode::<ItemOperations>().response.unwrap();
        assert_eq!(response.fetches[0].class, Some(Class::Email));
        let email: Email<'_> = response.fetches[0].properties.as_ref().unwrap().decode().unwrap();
        assert_eq!(email.subject.as_deref(), Some("with a file"));
        let body = email.body.unwrap();
        assert_eq!(body.body_type, BodyType::Mime);
        assert!(body.text().unwrap().contains("AAECAwQFBgcICQ=="));

        let plain = fetch(&device, item()).await;
        let response = plain.decode::<ItemOperations>().response.unwrap();
        let email: Email<'_> = response.fetches[0].properties.as_ref().unwrap().decode().unwrap();
        assert_eq!(email.body.unwrap().text().unwrap().trim_end(), "Grüße");

        let request = ItemOperationsRequest::from(vec![Operation::from(item())]);
        let answer = device.call_multi_part::<ItemOperations>(&request).await;
        let parts = MultiPart::parse(&answer.body).unwrap();
        let response = ItemOperations::decode_response(parts.document()).unwrap().response.unwrap();
        let email: Email<'_> = response.fetches[0].properties.as_ref().unwrap().decode().unwrap();
        let body = email.body.unwrap();
        assert_eq!((body.part, body.data), (Some(1), None));
        assert_eq!(str::from_utf8(parts.part(1).unwrap()).unwrap().trim_end(), "Grüße");
    }
}

#[tokio::test]
async fn eight_bit_mail_keeps_its_bytes() {
    const EIGHT_BIT: &[u8] = b"From: ada@example.org\r\nTo: ada@example.org\r\nSubject: r\xE4v\r\n\
        Date: Mon, 23 Nov 2026 18:00:00 +0000\r\nMessage-ID: <8@example.org>\r\n\r\nna\xEFve \0\r\n";
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let answer = device.call::<SendMail>(&SendMailRequest::new("1", EIGHT_BIT)).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));

    let folder = device.folder(FolderType::Inbox).await;
    let key = device.start(&folder, Class::Email).await;
    let answer =
        device.call::<Sync>(&SyncRequest::from(device.collection(&key, &folder, Class::Email))).await;
    let response = answer.decode::<Sync>();
    let ServerCommand::Add(add) = &response.collections[0].commands[0] else { panic!("{response:?}") };
    let email: Email<'_> = add.application_data.decode().unwrap();
    assert_eq!(email.subject.as_deref(), Some("räv"));
    assert_eq!(email.body.unwrap().text().unwrap().trim_end(), "naïve");

    let as_mime = Fetch {
        options: Some(FetchOptions {
            mime_support: Some(activesync_types::sync::MimeSupport::Always),
            body_preferences: vec![BodyPreference::new(BodyType::Mime)],
            ..FetchOptions::default()
        }),
        ..Fetch::item(folder, add.server_id.clone())
    };
    let request = ItemOperationsRequest::from(vec![Operation::from(as_mime.clone())]);
    let answer = device.call_multi_part::<ItemOperations>(&request).await;
    assert_eq!(MultiPart::parse(&answer.body).unwrap().part(1), Some(EIGHT_BIT));

    // Devices read no OPAQUE in a body: there the content is the same, and the message around it text.
    let answer = fetch(&device, as_mime).await;
    let response = answer.decode::<ItemOperations>().response.unwrap();
    let email: Email<'_> = response.fetches[0].properties.as_ref().unwrap().decode().unwrap();
    let Some(TextOrBytes::Text(text)) = email.body.unwrap().data else { panic!("bytes") };
    assert!(text.contains("charset=windows-1252\r\n"), "{text}");
    // "na\xEFve \0\r\n" in base64.
    assert!(text.ends_with("\r\n\r\nbmHvdmUgAA0K\r\n"), "{text}");
}

#[tokio::test]
async fn a_schema_leaves_out_all_that_it_does_not_name() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V16_1);
    let names = with_message(&server, &device).await;
    let some = Fetch {
        options: Some(FetchOptions {
            schemas: vec![TagList::from([email::Subject]), TagList::from([airsyncbase::Body])],
            ..FetchOptions::default()
        }),
        ..Fetch::item(names.folder, names.item)
    };
    let answer = fetch(&device, some).await;
    let response = answer.decode::<ItemOperations>().response.unwrap();
    let email: Email<'_> = response.fetches[0].properties.as_ref().unwrap().decode().unwrap();
    assert_eq!(email.subject.as_deref(), Some("with a file"));
    assert!(email.body.is_some());
    let only = Email { subject: email.subject.clone(), body: email.body.clone(), ..Email::default() };
    assert_eq!(email, only);
}

#[tokio::test]
async fn what_cannot_be_fetched_is_told_for_each_item() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let names = with_message(&server, &device).await;
    let request = ItemOperationsRequest::from(vec![
        Operation::from(Fetch::item(names.folder.clone(), "1:4711")),
        Operation::from(Fetch::item("4711", names.item.clone())),
        Operation::from(Fetch::attachment("nonsense")),
        Operation::from(Fetch::attachment(format!("{}9", names.file))),
        Operation::from(Fetch::document("\\\\server\\share\\file.txt")),
        Operation::from(Fetch::search_result("x")),
        Operation::from(Fetch { collection_id: None, ..Fetch::item("1", "1:1") }),
        Operation::from(Fetch::item(names.folder, names.item)),
    ]);
    let answer = device.call::<ItemOperations>(&request).await;
    let response = answer.decode::<ItemOperations>();
    assert_eq!(response.status, ItemOperationsStatus::Success);
    let statuses: Vec<_> = response.response.unwrap().fetches.iter().map(|fetched| fetched.status).collect();
    assert_eq!(
        statuses,
        [
            ItemOperationsStatus::NotFound,
            ItemOperationsStatus::NotFound,
            ItemOperationsStatus::InvalidAttachment,
            ItemOperationsStatus::InvalidAttachment,
            ItemOperationsStatus::UnknownStore,
            ItemOperationsStatus::NotFound,
            ItemOperationsStatus::ProtocolError,
            ItemOperationsStatus::Success,
        ]
    );
    let none = device.call::<ItemOperations>(&ItemOperationsRequest::default()).await;
    assert_eq!(none.first_status(), Some(103));
    let conversation = Operation::from(Conversation { options: None, ..Conversation::new(&b"id"[..], "1") });
    let answer = device.call::<ItemOperations>(&ItemOperationsRequest::from(vec![conversation])).await;
    assert_eq!(answer.decode::<ItemOperations>().response.unwrap().moves[0].status.code(), 155);
}

#[tokio::test]
async fn a_folder_is_emptied_with_or_without_the_folders_inside() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_1);
    let names = with_message(&server, &device).await;
    let request = ItemOperationsRequest::from(vec![
        Operation::from(EmptyFolderContents { collection_id: names.folder.clone().into(), options: None }),
        Operation::from(EmptyFolderContents {
            collection_id: "4711".into(),
            options: Some(EmptyFolderOptions { delete_sub_folders: true }),
        }),
        Operation::from(Fetch::item(names.folder.clone(), names.item)),
    ]);
    let answer = device.call::<ItemOperations>(&request).await;
    let response = answer.decode::<ItemOperations>().response.unwrap();
    assert_eq!(response.empty_folder_contents[0].status, ItemOperationsStatus::Success);
    assert_eq!(response.empty_folder_contents[1].status, ItemOperationsStatus::NotFound);
    assert_eq!(
        response.fetches[0].status,
        ItemOperationsStatus::NotFound,
        "operations are done in their order"
    );
    let key = device.start(&names.folder, Class::Email).await;
    assert_eq!(device.estimate(&key, &names.folder, Class::Email).await, (1, Some(0)));
}

#[tokio::test]
async fn old_versions_get_an_attachment_by_its_name_alone() {
    for version in [ProtocolVersion::V2_0, ProtocolVersion::V2_5, ProtocolVersion::V12_1] {
        let server = Server::start();
        let device = server.device("ada", version);
        let names = with_message(&server, &device).await;
        let query = |name: &str| format!("{}&AttachmentName={name}", device.query("GetAttachment"));
        let answer = device.send(&query(&names.file.replace(':', "%3A")), "", Vec::new()).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("image/png")));
        assert_eq!(answer.body, FILE);
        for name in ["nonsense", "1:1:77", "1:4711:1"] {
            assert_eq!(device.send(&query(name), "", Vec::new()).await.status, 500, "{name}");
        }
        assert_eq!(device.post("GetAttachment", []).await.status, 400, "no name");

        let bob = server.device("bob", version);
        let query = format!("{}&AttachmentName={}", bob.query("GetAttachment"), names.file);
        assert_eq!(bob.send(&query, "", Vec::new()).await.status, 500, "it is nobody else's");
    }
}

#[tokio::test]
async fn items_move_and_what_cannot_is_told() {
    for version in
        [ProtocolVersion::V2_0, ProtocolVersion::V2_5, ProtocolVersion::V12_1, ProtocolVersion::V16_1]
    {
        let server = Server::start();
        let device = server.device("ada", version);
        let names = with_message(&server, &device).await;
        let contact = Contact { file_as: Some("x".into()), ..Contact::default() };
        server.put("ada", FolderType::Contacts, &Content::Contact(Box::new(contact)));
        let trash = device.folder(FolderType::DeletedItems).await;
        let contacts = device.folder(FolderType::Contacts).await;
        let one = |to: &str| Move::new(names.item.clone(), names.folder.clone(), to.to_owned());
        let moves = async |moves: Vec<Move<'static>>| {
            let answer = device.call::<MoveItems>(&MoveItemsRequest { moves }).await;
            let response = answer.decode::<MoveItems>();
            response
                .responses
                .iter()
                .map(|r| (r.status, r.dst_msg_id.clone().map(|id| id.to_string())))
                .collect::<Vec<_>>()
        };
        let several = vec![
            Move::new("1:4711", names.folder.clone(), trash.clone()),
            one("4711"),
            one(&names.folder),
            one(&contacts),
        ];
        assert_eq!(
            moves(several).await.into_iter().map(|(status, _)| status).collect::<Vec<_>>(),
            [
                MoveItemsStatus::InvalidSource,
                MoveItemsStatus::InvalidDestination,
                MoveItemsStatus::SameFolder,
                MoveItemsStatus::InvalidDestination,
            ],
            "mail is no contact, and so on"
        );
        let sent = device.folder(FolderType::SentItems).await;
        let twice = moves(vec![one(&trash), one(&sent)]).await;
        assert_eq!(twice[1].0, MoveItemsStatus::Failure, "it cannot be at two places");
        let done = vec![twice[0].clone()];
        assert_eq!(done[0].0, MoveItemsStatus::Success);
        let now = done[0].1.clone().unwrap();
        assert_eq!(moves(vec![one(&trash)]).await, done, "an answer was lost");

        let key = device.start(&trash, Class::Email).await;
        assert_eq!(device.drain(key, &trash, Class::Email).await.1, [now]);
    }
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V14_0);
    let none = device.call::<MoveItems>(&MoveItemsRequest { moves: vec![] }).await;
    assert_eq!(none.first_status(), Some(103));
}
