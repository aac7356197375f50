//! Clients that take their time, against a clock that runs only when everybody waits.

mod common;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{PASSWORD, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

/// What any wait ends after, so that a test without an end fails.
const LONG: Duration = Duration::from_hours(2);

/// How long a client may send nothing, as the documentation of the limits has it.
const PAUSE: Duration = Duration::from_secs(30);

async fn connect(server: &Server) -> TcpStream {
    TcpStream::connect(server.address).await.unwrap()
}

fn head(length: usize) -> String {
    let password = STANDARD.encode(format!("ada:{PASSWORD}"));
    format!(
        "POST /Microsoft-Server-ActiveSync?Cmd=FolderSync&User=ada&DeviceId=d&DeviceType=t HTTP/1.1\r\nHost: x\r\n\
         Authorization: Basic {password}\r\nMS-ASProtocolVersion: 14.1\r\n\
         Content-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: {length}\r\n\r\n"
    )
}

/// What comes until the server ends the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut all = Vec::new();
    // An end may be a rude one.
    let _ = timeout(LONG, stream.read_to_end(&mut all)).await.expect("the server waits forever");
    String::from_utf8_lossy(&all).into_owned()
}

/// The first line of an answer, which leaves the connection open perhaps.
async fn first_line(stream: &mut TcpStream) -> String {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        let byte = timeout(LONG, stream.read_u8()).await.expect("the server waits forever");
        line.push(byte.unwrap());
    }
    String::from_utf8(line).unwrap()
}

fn assert_about(took: Duration, expected: Duration) {
    assert!(took >= expected && took < expected + Duration::from_secs(2), "{took:?}, not {expected:?}");
}

#[tokio::test(start_paused = true)]
async fn who_sends_no_head_or_a_part_of_one_is_not_waited_for() {
    let server = Server::start();
    for sent in ["", "POST /Microsoft-Server-ActiveSync HTTP/1.1\r\nHost:"] {
        let mut stream = connect(&server).await;
        stream.write_all(sent.as_bytes()).await.unwrap();
        let began = Instant::now();
        assert!(!rest(&mut stream).await.contains("200"), "{sent:?}");
        assert_about(began.elapsed(), PAUSE);
    }
}

#[tokio::test(start_paused = true)]
async fn the_second_head_of_a_connection_is_not_waited_for_either() {
    let server = Server::start();
    let mut stream = connect(&server).await;
    stream.write_all(b"GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert_eq!(first_line(&mut stream).await, "HTTP/1.1 404 Not Found\r\n");
    let began = Instant::now();
    stream.write_all(b"GET /elsewhere HTTP/1.1\r\nHo").await.unwrap();
    rest(&mut stream).await;
    assert_about(began.elapsed(), PAUSE);
}

#[tokio::test(start_paused = true)]
async fn who_stops_in_the_middle_of_a_body_is_not_waited_for() {
    let server = Server::start();
    let mut stream = connect(&server).await;
    stream.write_all(head(100_000).as_bytes()).await.unwrap();
    // Enough that the whole may take longer than the pause.
    stream.write_all(&vec![0; 60_000]).await.unwrap();
    let began = Instant::now();
    assert!(first_line(&mut stream).await.contains("408"));
    assert_about(began.elapsed(), PAUSE);
}

#[tokio::test(start_paused = true)]
async fn who_sends_a_byte_now_and_then_is_not_waited_for_longer_than_who_sends_none() {
    let server = Server::start();
    let (mut reading, mut writing) = connect(&server).await.into_split();
    writing.write_all(head(100_000).as_bytes()).await.unwrap();
    let began = Instant::now();
    let trickle = async {
        for _ in 0..LONG.as_secs() {
            if writing.write_all(b"x").await.is_err() {
                break;
            }
            sleep(Duration::from_secs(1)).await;
        }
    };
    let mut line = [0; 12];
    tokio::select! {
        read = reading.read_exact(&mut line) => { read.unwrap(); }
        () = trickle => panic!("the server waits forever"),
    }
    assert_eq!(&line, b"HTTP/1.1 408");
    assert_about(began.elapsed(), PAUSE);
}

#[tokio::test(start_paused = true)]
async fn who_is_slow_but_goes_on_is_waited_for() {
    let server = Server::start();
    let mut stream = connect(&server).await;
    let pieces = 100;
    stream.write_all(head(pieces * 2048).as_bytes()).await.unwrap();
    let began = Instant::now();
    for _ in 0..pieces {
        stream.write_all(&[0xFF; 2048]).await.unwrap();
        sleep(Duration::from_secs(1)).await;
    }
    // It is no WBXML, but all of it was read.
    assert!(first_line(&mut stream).await.contains("200"));
    assert!(began.elapsed() > PAUSE * 3);
}
