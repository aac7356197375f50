//! The same mailbox at older protocol versions.

use std::time::Instant;

use wbxml::ProtocolVersion;

use super::Tour;
use super::check::Result;
use super::compare::{Compared, compare};
use super::mirror::Mirror;
use super::report::{SIZE, count, duration, size};

/// Besides the newest, which the rest of the tour speaks: one of each generation.
const VERSIONS: [ProtocolVersion; 3] =
    [ProtocolVersion::V14_1, ProtocolVersion::V12_1, ProtocolVersion::V2_5];

impl Tour<'_> {
    /// Synchronizes and compares all over again at each version; it must be as much as at the newest.
    pub(super) async fn other_versions(&mut self, newest: Compared) -> Result<()> {
        for version in VERSIONS {
            let (began, before) = (Instant::now(), self.wire.bytes());
            let client = self.connect(self.stage.ada(), Some(version)).await?;
            let mut mirror = Mirror::of(client, &mut self.checks).await?;
            mirror.synchronize_all(&mut self.checks).await?;
            let compared = compare(&mirror, &mut self.checks).await?;
            let expected = Compared { same_bytes: compared.same_bytes, ..newest };
            self.checks.equal(format_args!("at version {version}"), &expected, &compared)?;
            let (bytes, took) = (size(self.wire.bytes() - before), duration(began.elapsed()));
            let what = format!(
                "{} and {}, compared",
                count(compared.items(), "item"),
                count(compared.attachments, "attachment")
            );
            self.report.fact(&version.to_string(), format!("{what:<40}{bytes:>SIZE$}{took:>SIZE$}"));
        }
        Ok(())
    }
}
