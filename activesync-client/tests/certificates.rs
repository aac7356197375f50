//! Whose certificates are trusted, and what is said of the others.

#[path = "support/server.rs"]
mod server;

use std::fs;
use std::time::Duration;

use activesync_client::types::status::StatusAction;
use activesync_client::{CertificateFault, Client, Error};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use server::Server;

/// A server with a certificate of its own, and that certificate as PEM.
fn server(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> (Server, String) {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut parameters = CertificateParams::new(names).unwrap();
    change(&mut parameters);
    let key = KeyPair::generate().unwrap();
    let pem = parameters.self_signed(&key).unwrap().pem();
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key_file) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    fs::write(&certificate, &pem).unwrap();
    fs::write(&key_file, key.serialize_pem()).unwrap();
    (Server::start_with_tls(&certificate, &key_file), pem)
}

/// As `openssl req -x509` makes it: it is an authority, too.
fn authority(parameters: &mut CertificateParams) {
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
}

/// Connects; a repeated request would wait for an hour.
async fn connect(server: &Server, trusted: Option<&str>) -> Result<Client, Error> {
    let mut builder = server.client("ada").attempts(2, Duration::from_hours(1));
    if let Some(pem) = trusted {
        builder = builder.add_root_certificates(pem.as_bytes()).unwrap();
    }
    builder.connect().await
}

async fn fault(server: &Server, trusted: Option<&str>) -> CertificateFault {
    let error = connect(server, trusted).await.unwrap_err();
    assert_eq!(error.action(), StatusAction::TellUser, "{error}");
    let Error::Certificate { host, fault } = error else { panic!("{error}") };
    assert_eq!(host, "localhost");
    fault
}

#[tokio::test]
async fn a_self_signed_certificate_is_refused_until_it_is_given() {
    for change in [|_: &mut CertificateParams| (), authority] {
        let (server, pem) = server(&["localhost"], change);
        let (_, other) = self::server(&["localhost"], change);
        assert_eq!(fault(&server, None).await, CertificateFault::SelfSigned);
        assert_eq!(fault(&server, Some(&other)).await, CertificateFault::SelfSigned);
        let client = connect(&server, Some(&pem)).await.unwrap();
        client.folders().await.unwrap().inbox().unwrap();
    }
}

#[tokio::test]
async fn a_certificate_that_is_given_must_be_valid_all_the_same() {
    for change in [|_: &mut CertificateParams| (), authority] {
        let (elsewhere, pem) = server(&["mail.example.org", "192.0.2.1"], change);
        let names = vec!["mail.example.org".to_owned(), "192.0.2.1".to_owned()];
        let wrong = fault(&elsewhere, Some(&pem)).await;
        assert_eq!(wrong.to_string(), "it is not for this server: it is for mail.example.org, 192.0.2.1");
        assert_eq!(wrong, CertificateFault::WrongName { names });

        let (nameless, pem) = server(&[], change);
        assert_eq!(fault(&nameless, Some(&pem)).await, CertificateFault::WrongName { names: vec![] });

        let (old, pem) = server(&["localhost"], |parameters| {
            change(parameters);
            parameters.not_after = rcgen::date_time_ymd(2020, 1, 1);
        });
        let expired = fault(&old, Some(&pem)).await;
        let CertificateFault::Expired { since } = expired else { panic!("{expired}") };
        assert!(since > Duration::from_hours(24 * 365 * 5), "{since:?}");
        assert!(expired.to_string().ends_with(" days ago"), "{expired}");

        let (new, pem) = server(&["localhost"], |parameters| {
            change(parameters);
            parameters.not_before = rcgen::date_time_ymd(4000, 1, 1);
        });
        assert!(matches!(fault(&new, Some(&pem)).await, CertificateFault::NotValidYet { .. }));
    }
}

#[tokio::test]
async fn an_unknown_authority_is_told_from_a_certificate_that_vouches_for_itself() {
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(Vec::new()).unwrap();
    authority(&mut parameters);
    let root = parameters.self_signed(&key).unwrap().pem();
    let issuer = rcgen::Issuer::new(parameters, key);
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "the server");
    let leaf = parameters.signed_by(&key, &issuer).unwrap().pem();
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key_file) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    fs::write(&certificate, &leaf).unwrap();
    fs::write(&key_file, key.serialize_pem()).unwrap();
    let server = Server::start_with_tls(&certificate, &key_file);
    assert_eq!(fault(&server, None).await, CertificateFault::UnknownIssuer);
    connect(&server, Some(&root)).await.unwrap();
    connect(&server, Some(&leaf)).await.unwrap();
}

#[tokio::test]
async fn a_server_without_tls_is_no_riddle() {
    let server = Server::start();
    let url = server.url.replace("http://", "https://");
    let builder = Client::builder(url).login("ada", server::PASSWORD).attempts(1, Duration::ZERO);
    let error = builder.connect().await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error}");
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
}

#[tokio::test]
async fn a_server_of_tls_without_https_is_no_riddle_either() {
    let directory = tempfile::tempdir().unwrap();
    let (certificate, key) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    let pair = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(&certificate, pair.cert.pem()).unwrap();
    fs::write(&key, pair.signing_key.serialize_pem()).unwrap();
    let server = Server::start_with_tls(&certificate, &key);
    let url = server.url.replace("https://", "http://");
    let builder = Client::builder(url).login("ada", server::PASSWORD).attempts(1, Duration::ZERO);
    let error = builder.connect().await.unwrap_err();
    assert!(matches!(error, Error::Connection { .. }), "{error}");
    assert!(error.to_string().contains("the address needs https://"), "{error}");
}
