//! The server for other devices: a phone, another client.

use tracing_subscriber::EnvFilter;

use super::check::Result;
use super::interrupted;
use super::report::Report;
use super::stage::{Stage, User};

/// Says how to add the account, and serves until Ctrl-C. Requests are logged on standard error.
pub(super) async fn until_interrupted(stage: Stage, report: &mut Report) -> Result<()> {
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).from_env_lossy();
    // Fails if a program that includes this has a log of its own.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    explain(&stage, report);
    if let Err(failure) = report.check() {
        stage.close().await?;
        return Err(failure);
    }
    interrupted().await;
    stage.close().await
}

fn explain(stage: &Stage, report: &mut Report) {
    let (address, url) = (stage.reachable(), stage.url());
    report.heading("Account", "to add to a phone (kind of account: Exchange) or to another client");
    for (name, user, mailbox) in
        [("Ada", stage.ada(), "the sample mailbox"), ("Bo", stage.bo(), "nothing in it yet")]
    {
        let User { name: user, password, .. } = user;
        report.fact(name, format!("user and e-mail {user}, password {password} ({mailbox})"));
    }
    report.fact("server", address);
    report.fact("domain", "none: leave it empty");
    if address.ip().is_loopback() {
        report.fact("reachable", "from this machine only; for others: --listen 0.0.0.0:8080");
    }
    report.fact(
        "TLS",
        "off: passwords and mail cross the network readable. Many phones insist on it; then put",
    );
    report.fact("", "a proxy with a certificate in front, or serve the data of --keep DIR by");
    report.fact("", "activesync-server serve --data DIR --listen 0.0.0.0:443 --tls-cert FILE --tls-key FILE");
    let User { name, password, .. } = stage.ada();
    report.text("\n    Or from another terminal here, as files in the directory `mail`:");
    report.text(&format!(
        "    PASSWORD={password} cargo run --release -p activesync-client -- --url {url} \\\n        \
         --user {name} --password-env PASSWORD --state ada.state sync --out mail"
    ));
    report.text(&format!("\n    Data in {}. Ctrl-C ends it.", stage.directory().display()));
}
