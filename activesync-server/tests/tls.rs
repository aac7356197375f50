//! TLS with a certificate made for the occasion.

use std::fs;
use std::sync::Arc;

use activesync_server::store::{NewUser, Store};
use activesync_server::{ActiveSync, Listener, PATH, TlsError, tls_config};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;

fn client(root: CertificateDer<'static>, protocols: &[&[u8]]) -> reqwest::Client {
    let mut roots = RootCertStore::empty();
    roots.add(root).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy().build().unwrap()
}

#[tokio::test]
async fn the_service_is_reached_through_tls_and_not_without() {
    let directory = TempDir::new().unwrap();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (chain, key) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    fs::write(&chain, cert.pem()).unwrap();
    fs::write(&key, signing_key.serialize_pem()).unwrap();

    let store = Store::open(directory.path().join("data")).unwrap();
    store.add_user(&NewUser::named("ada"), "open sesame").unwrap();
    let service = ActiveSync::builder(store).build().unwrap();
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), service).unwrap();
    let port = listener.local_addr().unwrap().port();
    let listener = listener.tls(tls_config(&chain, &key).unwrap());
    let running = tokio::spawn(listener.run(std::future::pending()));

    for protocols in [&[&b"http/1.1"[..]][..], &[b"h2"], &[]] {
        let request = client(cert.der().clone(), protocols)
            .request(reqwest::Method::OPTIONS, format!("https://localhost:{port}{PATH}"))
            .basic_auth("ada", Some("open sesame"));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().contains_key("ms-asprotocolversions"));
    }
    let plain = client(cert.der().clone(), &[]).get(format!("http://localhost:{port}{PATH}")).send().await;
    assert!(plain.is_err(), "{plain:?}");
    running.abort();
}

#[test]
fn files_that_are_no_certificates_are_named() {
    let directory = TempDir::new().unwrap();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let write = |name: &str, text: &str| {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let chain = write("cert.pem", &cert.pem());
    let key = write("key.pem", &signing_key.serialize_pem());
    let empty = write("empty.pem", "");
    let other = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let other = write("other.pem", &other.signing_key.serialize_pem());

    for (chain, key, named) in [
        (&directory.path().join("missing.pem"), &key, "missing.pem: expected a chain of certificates in PEM"),
        (&empty, &key, "empty.pem: expected a chain of certificates in PEM"),
        (&chain, &chain, "cert.pem: expected a private key in PEM"),
        (&chain, &other, "certificate and key: "),
    ] {
        let error = tls_config(chain, key).unwrap_err();
        assert!(error.to_string().contains(named), "{error}");
        assert_eq!(matches!(error, TlsError::Config(_)), named.starts_with("certificate"));
    }
}
