//! The server for other devices: a phone, another client.

use super::check::{Checks, Result};
use super::report::Report;
use super::stage::{Stage, User};

/// Says how to add the account, and serves until Ctrl-C.
pub(super) async fn until_interrupted(stage: Stage, report: &mut Report) -> Result<()> {
    let mut checks = Checks::new("Serve");
    explain(&stage, report);
    let interrupted = tokio::signal::ctrl_c().await;
    checks.done("Ctrl-C", interrupted)?;
    report.text("");
    stage.close().await
}

fn explain(stage: &Stage, report: &mut Report) {
    let (address, url) = (stage.reachable(), stage.url());
    report.heading("Account", "to add to a phone (kind of account: Exchange) or to another client");
    for User { name, password, .. } in [stage.ada(), stage.bo()] {
        report.fact("e-mail, user", name);
        report.fact("password", password);
    }
    report.fact("server", address);
    report.fact("domain", "none: leave it empty");
    if address.ip().is_loopback() {
        report.fact("reachable", "from this machine only; for others: --listen 0.0.0.0:8080");
    }
    report.fact(
        "TLS",
        "off: passwords and mail cross the network readable. Many phones insist on it; then put a",
    );
    report.fact("", "proxy with a certificate in front, or serve the data of --keep DIR by");
    report.fact("", "activesync-server serve --data DIR --listen 0.0.0.0:443 --tls-cert FILE --tls-key FILE");
    let User { name, password, .. } = stage.ada();
    report.text("\n    Or from another terminal here, as files in the directory `mail`:");
    report.text(&format!(
        "    PASSWORD={password} cargo run --release -p activesync-client -- --url {url} \\\n        \
         --user {name} --password-env PASSWORD --state ada.state sync --out mail"
    ));
    report.text(&format!("\n    Data in {}. Ctrl-C ends it.", stage.directory().display()));
}
