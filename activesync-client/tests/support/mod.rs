//! A server that says what a test wants it to say, and remembers what it was asked.

// Each test file uses its own part of this.
#![allow(dead_code)]

use std::collections::VecDeque;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use activesync_client::types::Command;
use activesync_client::types::http::{CONTENT_TYPE_WBXML, Query};
use activesync_client::{Client, ClientBuilder, ProtocolVersion};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, Uri};
use base64::Engine;
use http_body_util::BodyExt;

pub(crate) const USER: &str = "ada";
pub(crate) const PASSWORD: &str = "open sesame";

/// A request that the server got.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// `OPTIONS`, or the command of the query.
    pub(crate) command: String,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn query(&self) -> Query<'_> {
        Query::parse(self.uri.query().expect("a query")).expect("a query that can be read")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn version(&self) -> ProtocolVersion {
        match self.query().base64 {
            Some(head) => head.version,
            None => self.header("MS-ASProtocolVersion").expect("a version").parse().unwrap(),
        }
    }

    /// The request, decoded.
    pub(crate) fn request<C: Command>(&self) -> C::Request<'_> {
        assert_eq!(self.command, C::NAME);
        C::decode_request(&self.body).expect("a request that can be read")
    }
}

/// What the server answers.
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// The connection ends in the middle of the answer.
    Cut,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn wbxml(body: impl Into<Vec<u8>>) -> Self {
        Self::Answer { status: 200, headers: Vec::new(), body: body.into() }
            .header("Content-Type", CONTENT_TYPE_WBXML)
    }

    /// The answer to a command, in the version of the request.
    pub(crate) fn to<C: Command>(seen: &Seen, response: &C::Response<'_>) -> Self {
        assert_eq!(seen.command, C::NAME);
        Self::wbxml(C::encode_response(response, seen.version()).unwrap())
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    pub(crate) fn gzip(self) -> Self {
        let Self::Answer { status, headers, body } = self else { return self };
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(&body).unwrap();
        Self::Answer { status, headers, body: encoder.finish().unwrap() }.header("Content-Encoding", "gzip")
    }
}

pub(crate) mod mailbox;

type Answers = Box<dyn FnMut(&Seen) -> Reply + Send>;

struct Script {
    options: Reply,
    answers: Answers,
    seen: Vec<Seen>,
}

/// The server. It ends with the runtime of its test.
#[derive(Clone)]
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    script: Arc<Mutex<Script>>,
}

impl Fake {
    /// A server of some versions, which answers commands by a function.
    pub(crate) async fn start(versions: &str, answers: impl FnMut(&Seen) -> Reply + Send + 'static) -> Self {
        let options = Reply::status(200).header("MS-ASProtocolVersions", versions).header(
            "MS-ASProtocolCommands",
            "Sync,SendMail,FolderSync,GetItemEstimate,Ping,ItemOperations,Provision,MoveItems",
        );
        Self::with_options(options, answers).await
    }

    /// A server that answers OPTIONS so.
    pub(crate) async fn with_options(
        options: Reply,
        answers: impl FnMut(&Seen) -> Reply + Send + 'static,
    ) -> Self {
        let script = Arc::new(Mutex::new(Script { options, answers: Box::new(answers), seen: Vec::new() }));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = axum::Router::new().fallback(answer).with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, script }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client for it that does not wait.
    pub(crate) fn client(&self) -> ClientBuilder {
        Client::builder(self.url()).login(USER, PASSWORD).attempts(3, Duration::ZERO)
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.script.lock().unwrap().seen.clone()
    }

    /// The commands that it got, in order, without OPTIONS.
    pub(crate) fn commands(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.command).filter(|command| command != "OPTIONS").collect()
    }

    pub(crate) fn set_options(&self, options: Reply) {
        self.script.lock().unwrap().options = options;
    }
}

type Once = Box<dyn FnOnce(&Seen) -> Reply + Send>;

/// Answers in this order; too few of them is a failure of the test.
pub(crate) fn in_order(replies: Vec<Once>) -> impl FnMut(&Seen) -> Reply + Send {
    let mut replies: VecDeque<_> = replies.into();
    move |seen| match replies.pop_front() {
        Some(reply) => reply(seen),
        None => Reply::status(599),
    }
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    let expected = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{PASSWORD}"));
    if parts.headers.get("Authorization").is_none_or(|value| *value != format!("Basic {expected}")) {
        return respond(&Reply::status(401));
    }
    let command = match (&parts.method, parts.uri.query()) {
        (&Method::OPTIONS, _) => "OPTIONS".to_owned(),
        (_, Some(query)) => Query::parse(query).unwrap().command.into_owned(),
        (_, None) => String::new(),
    };
    let seen = Seen { command, uri: parts.uri, headers: parts.headers, body };
    let mut script = script.lock().unwrap();
    script.seen.push(seen.clone());
    if seen.command == "OPTIONS" { respond(&script.options) } else { respond(&(script.answers)(&seen)) }
}

fn respond(reply: &Reply) -> Response<Body> {
    match reply {
        Reply::Answer { status, headers, body } => {
            let mut response = Response::new(Body::from(body.clone()));
            *response.status_mut() = StatusCode::from_u16(*status).unwrap();
            for (name, value) in headers {
                response.headers_mut().append(HeaderName::try_from(name).unwrap(), value.parse().unwrap());
            }
            response
        }
        Reply::Cut => {
            let pieces = futures_util::stream::iter([
                Ok(Bytes::from_static(b"\x03\x01")),
                Err(std::io::Error::other("the line is cut")),
            ]);
            Response::new(Body::from_stream(pieces))
        }
    }
}
