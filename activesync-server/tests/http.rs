//! What happens before a command is reached, over a real socket.

mod common;

use activesync_types::FolderSync;
use activesync_types::folder_hierarchy::FolderSyncRequest;
use activesync_types::{SyncKey, status::FolderSyncStatus};
use base64::Engine;
use common::{Answer, PASSWORD, Server};
use reqwest::Method;
use wbxml::ProtocolVersion;

/// FolderSync with key 0, by hand: page 7, FolderSync, SyncKey "0".
const FOLDER_SYNC: &[u8] = b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030\x00\x01\x01";

#[tokio::test]
async fn options_tell_versions_and_commands() {
    let server = Server::start();
    let request = server.http.request(Method::OPTIONS, server.url("")).basic_auth("ada", Some(PASSWORD));
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("ms-asprotocolversions"), Some("2.0,2.1,2.5,12.0,12.1,14.0,14.1,16.0,16.1"));
    let commands: Vec<_> = answer.header("ms-asprotocolcommands").unwrap().split(',').collect();
    for command in [
        "Sync",
        "SendMail",
        "GetAttachment",
        "GetHierarchy",
        "FolderSync",
        "FolderCreate",
        "FolderDelete",
        "FolderUpdate",
        "MoveItems",
        "GetItemEstimate",
        "Ping",
        "ItemOperations",
        "Provision",
    ] {
        assert!(commands.contains(&command), "{command}");
    }
    assert!(!commands.contains(&"Find"), "nothing is advertised that is not there");
    assert_eq!(answer.header("content-length"), Some("0"));
    assert!(answer.header("ms-server-activesync").is_some());
    assert!(answer.header("content-type").is_none());
}

#[tokio::test]
async fn a_server_of_some_versions_is_one_of_these_only() {
    let server = Server::start_with(|b| b.versions(ProtocolVersion::V12_0..=ProtocolVersion::V14_1));
    let request = server.http.request(Method::OPTIONS, server.url("")).basic_auth("ada", Some(PASSWORD));
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(answer.header("ms-asprotocolversions"), Some("12.0,12.1,14.0,14.1"));

    let request = FolderSyncRequest::new(SyncKey::INITIAL);
    let mut device = server.device("ada", ProtocolVersion::V16_1);
    assert_eq!(device.call::<FolderSync>(&request).await.decode::<FolderSync>().status.code(), 138);
    device.version = Some(ProtocolVersion::V2_5);
    assert_eq!(device.call::<FolderSync>(&request).await.status, 400);
    device.version = None;
    assert_eq!(device.post("GetHierarchy", []).await.status, 505, "a device of 1.0");
}

#[tokio::test]
async fn credentials_are_checked_before_anything_else() {
    let server = Server::start();
    let post = || server.http.post(server.url("Cmd=Frobnicate"));
    for request in [
        post(),
        post().basic_auth("ada", Some("wrong")),
        post().basic_auth("nobody", Some(PASSWORD)),
        post().bearer_auth("token"),
        server.http.request(Method::OPTIONS, server.url("")),
    ] {
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").unwrap().starts_with("Basic realm="));
        assert!(answer.header("ms-asprotocolversions").is_none());
    }
}

#[tokio::test]
async fn names_may_have_a_domain_and_passwords_be_in_iso_8859_1() {
    let server = Server::start();
    let jürgen = activesync_server::store::NewUser::named("jürgen");
    server.store().add_user(&jürgen, "geheimnisträger").unwrap();
    for name in ["HARBOUR\\ada", "ada@example.org", "ada"] {
        let mut device = server.device("ada", ProtocolVersion::V16_1);
        device.user = name.to_owned();
        assert_eq!(device.post("FolderSync", FOLDER_SYNC).await.status, 200, "{name}");
    }
    let encode = |bytes: &[u8]| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(bytes));
    for pair in [&b"j\xFCrgen:geheimnistr\xE4ger"[..], "jürgen:geheimnisträger".as_bytes()] {
        let request =
            server.http.request(Method::OPTIONS, server.url("")).header("Authorization", encode(pair));
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn other_methods_and_other_places_are_refused() {
    let server = Server::start();
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::HEAD] {
        let request =
            server.http.request(method.clone(), server.url("Cmd=Sync")).basic_auth("ada", Some(PASSWORD));
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.header("allow"), Some("OPTIONS, POST"));
    }
    let elsewhere = format!("http://{}/other", server.address);
    let request = server.http.request(Method::OPTIONS, elsewhere).basic_auth("ada", Some(PASSWORD));
    assert_eq!(request.send().await.unwrap().status(), 404);
    let lower = format!("http://{}/microsoft-server-activesync/", server.address);
    let request = server.http.request(Method::OPTIONS, lower).basic_auth("ada", Some(PASSWORD));
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_base64_query_says_what_headers_say_otherwise() {
    let server = Server::start();
    // The second of shared/spec/http-query-examples.tsv: FolderSync, 16.1, device dev01, policy key 1307199584.
    let request = server
        .http
        .post(server.url("oQkdBAVkZXYwMQRgSOpNBHRlc3Q="))
        .basic_auth("ada", Some(PASSWORD))
        .header("Content-Type", "application/vnd.ms-sync.wbxml")
        .body(FOLDER_SYNC);
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(answer.decode::<FolderSync>().status, FolderSyncStatus::Success);
}

#[tokio::test]
async fn the_head_of_a_request_is_refused_in_the_way_of_its_version() {
    let server = Server::start();
    let mut device = server.device("ada", ProtocolVersion::V14_1);
    let refused = [
        // Query, answer up to 12.1, answer from 14.0 on: an HTTP status, or a status of the protocol.
        ("User=ada&DeviceId=d1&DeviceType=t", 400, 400),
        ("Cmd=Frobnicate&User=ada&DeviceId=d1&DeviceType=t", 501, 501),
        ("Cmd=Find&User=ada&DeviceId=d1&DeviceType=t", 501, 501),
        ("Cmd=FolderSync&User=ada&DeviceType=t", 400, 108),
        ("Cmd=FolderSync&User=ada&DeviceId=a,b&DeviceType=t", 400, 108),
        ("Cmd=FolderSync&User=ada&DeviceId=d1", 400, 109),
        ("", 400, 400),
        ("%%%", 400, 400),
    ];
    for (query, old, new) in refused {
        device.version = Some(ProtocolVersion::V12_1);
        assert_eq!(device.send(query, WBXML, FOLDER_SYNC.into()).await.status, old, "{query}");
        device.version = Some(ProtocolVersion::V14_1);
        let answer = device.send(query, WBXML, FOLDER_SYNC.into()).await;
        let status = if new < 200 { answer.first_status().unwrap() } else { answer.status };
        assert_eq!(status, new, "{query}");
    }
}

#[tokio::test]
async fn both_forms_of_a_query_are_told_the_same_of_what_they_lack() {
    let server = Server::start();
    // [MS-ASHTTP] 2.2.1.1.1.1: version, command, locale, then device identifier, policy key and device type, each
    // after its length. 9 is FolderSync.
    let cases: [(&str, &[u8], u16); 4] = [
        // Plain; base64 after the locale; status from 14.0 on, HTTP status 400 for an error before.
        ("DeviceId=d1&DeviceType=t", b"\x02d1\x00\x01t", 1),
        ("DeviceId=&DeviceType=t", b"\x00\x00\x01t", 108),
        ("DeviceId=d1&DeviceType=", b"\x02d1\x00\x00", 109),
        ("DeviceId=&DeviceType=", b"\x00\x00\x00", 108),
    ];
    for version in [
        ProtocolVersion::V12_1,
        ProtocolVersion::V14_0,
        ProtocolVersion::V14_1,
        ProtocolVersion::V16_0,
        ProtocolVersion::V16_1,
    ] {
        let mut device = server.device("ada", version);
        for (plain, bytes, status) in cases {
            let head = [version.number(), 9, 0x09, 0x04];
            let base64 = base64::engine::general_purpose::STANDARD.encode([&head, bytes].concat());
            let is_told = status == 1 || version >= ProtocolVersion::V14_0;
            let expected = if is_told { (200, Some(status)) } else { (400, None) };
            for (query, header) in [
                (format!("Cmd=FolderSync&User=ada&{plain}"), Some(version)),
                (base64.replace('=', "%3D"), None),
                (base64, None),
            ] {
                device.version = header;
                let answer = device.send(&query, WBXML, FOLDER_SYNC.into()).await;
                assert_eq!((answer.status, answer.first_status()), expected, "{version} {query}");
            }
        }
    }
}

#[tokio::test]
async fn commands_are_refused_in_versions_that_do_not_have_them() {
    let server = Server::start();
    let mut device = server.device("ada", ProtocolVersion::V2_5);
    assert_eq!(device.post("ItemOperations", FOLDER_SYNC).await.status, 400);
    device.version = None;
    assert_eq!(device.post("FolderSync", FOLDER_SYNC).await.status, 501);
    device.version = Some(ProtocolVersion::V14_0);
    assert_eq!(device.post("GetHierarchy", []).await.status, 501);
    assert_eq!(device.post("GetAttachment", []).await.status, 501);
}

#[tokio::test]
async fn a_body_that_is_none_is_refused_in_the_way_of_the_version() {
    let server = Server::start();
    let mut device = server.device("ada", ProtocolVersion::V14_1);
    let bodies: [(&[u8], u16); 5] = [
        // Status 101: no body; 102: no WBXML; 103: WBXML that is not the request.
        (b"", 101),
        (b"\x03\x01\x6A\x00\x00\x07\x56\x52\x030", 102),
        (b"\x03\x01\x6A\x00\x00\x07\x56\x01", 103),
        (b"\x03\x01\x6A\x00\x45\x01", 103),
        (b"hello", 102),
    ];
    for (body, status) in bodies {
        for version in
            [ProtocolVersion::V14_0, ProtocolVersion::V14_1, ProtocolVersion::V16_0, ProtocolVersion::V16_1]
        {
            device.version = Some(version);
            let answer = device.post("FolderSync", body).await;
            assert_eq!((answer.status, answer.first_status()), (200, Some(status)), "{body:02X?}");
        }
        for version in
            [ProtocolVersion::V2_0, ProtocolVersion::V2_5, ProtocolVersion::V12_0, ProtocolVersion::V12_1]
        {
            device.version = Some(version);
            assert_eq!(device.post("FolderSync", body).await.status, 400, "{body:02X?}");
        }
    }
    device.version = Some(ProtocolVersion::V16_1);
    let answer = device.send(&device.query("FolderSync"), "text/plain", FOLDER_SYNC.into()).await;
    assert_eq!(answer.first_status(), Some(101));
    let answer =
        device.send(&device.query("FolderSync"), "application/vnd.ms-sync", FOLDER_SYNC.into()).await;
    assert_eq!(answer.first_status(), Some(1), "the short name of the type");
}

#[tokio::test]
async fn what_is_too_large_is_refused_whether_its_length_is_told_or_not() {
    let server = Server::start_with(|builder| builder.max_request(1000));
    let device = server.device("ada", ProtocolVersion::V16_1);
    assert_eq!(device.post("FolderSync", vec![3; 1001]).await.status, 413);
    assert_eq!(device.post("FolderSync", vec![3; 1000]).await.status, 200);

    let address = server.address;
    let status = tokio::task::spawn_blocking(move || chunked(address, 3000)).await.unwrap();
    assert!(status.starts_with("HTTP/1.1 413"), "{status}");
}

#[tokio::test]
async fn a_body_may_be_packed_but_only_in_a_way_that_the_server_knows() {
    let server = Server::start_with(|builder| builder.max_request(1000));
    let send = async |encoding: &str, body: &[u8]| {
        let query = "Cmd=FolderSync&User=ada&DeviceId=d1&DeviceType=test";
        let request = server.http.post(server.url(query)).basic_auth("ada", Some(PASSWORD));
        let request = request.header("MS-ASProtocolVersion", "16.1").header("Content-Type", WBXML);
        Answer::of(request.header("Content-Encoding", encoding).body(body.to_vec()).send().await.unwrap())
            .await
    };
    // FOLDER_SYNC as gzip packs it.
    let packed =
        b"\x1F\x8B\x08\x00\x00\x00\x00\x00\x02\x03\x63\x66\xCC\x62\x60\x60\x0F\x0B\x62\x36\x60\x60\x64\x04\
        \x00\x51\x57\x71\x49\x0D\x00\x00\x00";
    for (encoding, body) in
        [("gzip", &packed[..]), ("X-GZip", packed), ("identity", FOLDER_SYNC), ("identity, gzip", packed)]
    {
        let answer = send(encoding, body).await;
        assert_eq!(answer.decode::<FolderSync>().status, FolderSyncStatus::Success, "{encoding}");
    }
    for encoding in ["deflate", "br", "gzip, gzip", "gzip, br"] {
        let answer = send(encoding, packed).await;
        assert_eq!((answer.status, answer.header("accept-encoding")), (415, Some("gzip")), "{encoding}");
        let words = String::from_utf8(answer.body).unwrap();
        assert!(
            words.contains("expected Content-Encoding gzip or none") && words.contains(encoding),
            "{words}"
        );
    }
    for broken in [&packed[..20], FOLDER_SYNC] {
        let answer = send("gzip", broken).await;
        assert_eq!(answer.status, 400);
        assert!(String::from_utf8(answer.body).unwrap().contains("is not the gzip"));
    }
    // The limit holds for what comes out.
    let mut bomb = flate2::read::GzEncoder::new(&[0; 1001][..], flate2::Compression::best());
    let mut packed = Vec::new();
    std::io::Read::read_to_end(&mut bomb, &mut packed).unwrap();
    assert!(packed.len() < 100);
    assert_eq!(send("gzip", &packed).await.status, 413);
}

/// The status line of the answer to a request whose length nobody tells beforehand.
fn chunked(address: std::net::SocketAddr, size: usize) -> String {
    use std::io::{BufRead, BufReader, Write};
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    write!(
        socket,
        "POST /Microsoft-Server-ActiveSync?Cmd=FolderSync&User=ada&DeviceId=d1&DeviceType=t HTTP/1.1\r\n\
         Host: localhost\r\nAuthorization: Basic YWRhOm9wZW4gc2VzYW1l\r\nMS-ASProtocolVersion: 16.1\r\n\
         Transfer-Encoding: chunked\r\n\r\n{size:x}\r\n"
    )
    .unwrap();
    // The server may answer and close before it has all of it.
    let _ = socket.write_all(&vec![3; size]);
    let _ = socket.write_all(b"\r\n0\r\n\r\n");
    let mut line = String::new();
    BufReader::new(socket).read_line(&mut line).unwrap();
    line
}

#[tokio::test]
async fn answers_have_a_length_and_first_ones_tell_the_versions() {
    let server = Server::start();
    let device = server.device("ada", ProtocolVersion::V2_5);
    let answer = device.post("FolderSync", FOLDER_SYNC).await;
    assert_eq!(answer.header("content-length"), Some(&*answer.body.len().to_string()));
    assert!(answer.header("transfer-encoding").is_none());
    assert_eq!(answer.header("content-type"), Some("application/vnd.ms-sync.wbxml"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    assert_eq!(answer.header("x-ms-rp"), Some("2.0,2.1,2.5,12.0,12.1,14.0,14.1,16.0,16.1"));
    assert_eq!(answer.header("ms-asprotocolversions"), answer.header("x-ms-rp"));
    assert!(answer.header("ms-asprotocolcommands").unwrap().contains("FolderSync"));

    let key = answer.decode::<FolderSync>().sync_key.unwrap().to_string();
    let next = device.call::<FolderSync>(&FolderSyncRequest::new(key)).await;
    assert!(next.header("x-ms-rp").is_none());
}

#[tokio::test]
async fn android_asks_as_validate_before_it_has_a_name() {
    let server = Server::start();
    let mut device = server.device("ada", ProtocolVersion::V12_1);
    device.id = "validate".into();
    assert_eq!(
        device.post("FolderSync", FOLDER_SYNC).await.decode::<FolderSync>().status,
        FolderSyncStatus::Success
    );
}

#[test]
fn answers_that_are_not_as_the_schemas_want_them_are_found() {
    let good = r#"<FolderSync xmlns="FolderHierarchy"><Status>9</Status></FolderSync>"#.to_owned();
    assert_eq!(common::schema::faults(std::slice::from_ref(&good)), None);
    let bad = good.replace("Status", "State");
    let Some(faults) = common::schema::faults(&[good, bad]) else {
        return; // Where there is nothing to look with, nothing is found.
    };
    assert!(faults.contains("1.xml") && faults.contains("State"), "{faults}");
}

const WBXML: &str = "application/vnd.ms-sync.wbxml";
