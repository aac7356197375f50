//! A message on its way from one user to another, who is waiting for it.

use std::time::{Duration, Instant};

use activesync_client::{Change, Folder};

use super::Tour;
use super::check::Result;
use super::mirror::Mirror;
use super::report::duration;

/// The message, as a mail program would write it: a subject beyond ASCII, and a text in UTF-8.
const SUBJECT: &str = "The seal is back 🦭";
const TEXT: &str = "Dock 2, west side. It has brought a friend.\r\nBring fish – två hinkar räcker.\r\n";

impl Tour<'_> {
    /// Bo waits, Ada sends; gives the time from sending to waking.
    pub(super) async fn push(&mut self, ada: &mut Mirror) -> Result<Duration> {
        let client = self.connect(self.stage.bo(), None).await?;
        let mut bo = Mirror::of(client, &mut self.checks).await?;
        let inbox = self.checks.done("an Inbox", bo.folders.inbox())?;
        let before = bo.synchronize(&inbox, &mut self.checks, |_| ()).await?;
        self.checks.equal("messages in Bo's Inbox before:", &0, &before)?;

        let waiting = tokio::spawn({
            let (client, inbox) = (bo.client.clone(), inbox.clone());
            async move {
                let woken = client.wait_for_changes([&inbox]).await;
                (woken, Instant::now())
            }
        });
        self.until_somebody_waits().await?;
        self.report.fact("Bo", "waits for changes of the Inbox (Ping)");

        let sent = Instant::now();
        let message = message();
        self.checks.done("the message sent", ada.client.send_mail(message.clone()).await)?;
        self.report.fact("Ada", format!("sends \"{SUBJECT}\" to Bo"));
        let (woken, at) = self.checks.done("Bo to wake", waiting.await)?;
        let woken = self.checks.done("Bo to wake", woken)?;
        self.checks.equal("Bo to wake for", &[&inbox][..], &woken.iter().collect::<Vec<_>>()[..])?;
        let wake = at.saturating_duration_since(sent);
        self.report.fact("Bo", format!("wakes {} after Ada began to send", duration(wake)));

        let read = self.new_message(&mut bo, &inbox, &message).await?;
        self.report
            .fact("Bo", format!("reads it {} after that", duration(read.saturating_duration_since(at))));
        let sent_items = self.checks.done("a folder of sent messages", ada.folders.find("Sent Items"))?;
        self.new_message(ada, &sent_items, &message).await?;
        self.report.fact("Ada", "has a copy in Sent Items");
        Ok(wake)
    }

    /// Ready when a request hangs at the server.
    async fn until_somebody_waits(&mut self) -> Result<()> {
        let began = Instant::now();
        while self.stage.waiting() == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
            if began.elapsed() > Duration::from_secs(10) {
                return Err(self.checks.failure("a Ping that hangs at the server", "none after 10 seconds"));
            }
        }
        Ok(())
    }

    /// Synchronizes a folder whose only change must be the message.
    async fn new_message(&mut self, device: &mut Mirror, folder: &Folder, message: &str) -> Result<Instant> {
        let mut items = Vec::new();
        let keep = |change: &Change| {
            if let Change::Added(item) = change {
                items.push(item.clone());
            }
        };
        let changes = device.synchronize(folder, &mut self.checks, keep).await?;
        let at = Instant::now();
        self.checks.equal(format_args!("changes of {}:", folder.name), &1, &changes)?;
        let item = self.checks.there(format_args!("a new message in {}", folder.name), items.pop())?;
        let email = self.checks.done("a message", item.email())?;
        self.checks.equal("the subject", &Some(SUBJECT), &email.subject.as_deref())?;
        let mime = email.body.and_then(|body| body.data).unwrap_or_default();
        // On its way it got fields of the server's at its top.
        self.checks.ensure(
            mime.as_bytes().ends_with(message.as_bytes()),
            || "the message as it was sent",
            || mime.to_str_lossy().chars().take(300).collect::<String>(),
        )?;
        Ok(at)
    }
}

fn message() -> String {
    format!(
        "From: Ada Lindqvist <ada@example.org>\r\n\
         To: Bo Ekdahl <bo@example.org>\r\n\
         Subject: The seal is back =?utf-8?B?8J+mrQ==?=\r\n\
         Date: Mon, 02 Nov 2026 08:15:00 +0100\r\n\
         Message-ID: <{}@example.org>\r\n\
         MIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{TEXT}",
        uuid::Uuid::new_v4()
    )
}
