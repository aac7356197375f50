//! Two devices of one user change the same contact.

use activesync_client::types::ServerId;
use activesync_client::types::contacts::Contact;
use activesync_client::types::sync::Conflict;
use activesync_client::{Change, Folder, Outcome};
use activesync_server::backend::{Backend, Content, Revision};
use wbxml::{Fragment, IntoOwned};

use super::Tour;
use super::check::Result;
use super::mirror::Mirror;

/// Whose contact it is.
const FIRST_NAME: &str = "Bo";

impl Tour<'_> {
    /// Once the server's version stays, once the client's.
    pub(super) async fn conflicts(&mut self, phone: &mut Mirror) -> Result<()> {
        let client = self.connect(self.stage.ada(), None).await?;
        let mut laptop = Mirror::of(client, &mut self.checks).await?;
        let folder = self.checks.done("a folder of contacts", laptop.folders.contacts())?;
        laptop.synchronize(&folder, &mut self.checks, |_| ()).await?;
        let (_, before) = self.contact_of(phone)?;
        self.report.fact("both devices have", format!("Bo Ekdahl, {}", title_of(&before)));

        self.change_on_laptop(&mut laptop, &folder, "Harbour master, retired").await?;
        let outcome = self.change_on_phone(phone, &folder, "Harbour admiral", Conflict::ServerWins).await?;
        self.checks.equal("the outcome where the server wins:", &Outcome::Conflict, &outcome)?;
        self.agreed(phone, &mut laptop, &folder, &before, "Harbour master, retired", "server wins").await?;

        self.change_on_laptop(&mut laptop, &folder, "Lighthouse keeper").await?;
        let outcome = self.change_on_phone(phone, &folder, "Harbour poet", Conflict::ClientWins).await?;
        let accepted = matches!(outcome, Outcome::Accepted(_));
        self.checks.ensure(
            accepted,
            || "the change taken where the client wins",
            || format!("{outcome:?}"),
        )?;
        self.agreed(phone, &mut laptop, &folder, &before, "Harbour poet", "client wins").await
    }

    async fn change_on_laptop(&mut self, laptop: &mut Mirror, folder: &Folder, title: &str) -> Result<()> {
        let outcome = self.change(laptop, folder, title, Conflict::ServerWins).await?;
        let accepted = matches!(outcome, Outcome::Accepted(_));
        self.checks.ensure(accepted, || "the laptop's change taken", || format!("{outcome:?}"))?;
        self.report.fact("the laptop writes", title);
        Ok(())
    }

    async fn change_on_phone(
        &mut self,
        phone: &mut Mirror,
        folder: &Folder,
        title: &str,
        conflict: Conflict,
    ) -> Result<Outcome> {
        self.report.fact("the phone writes", format!("{title}, not knowing of it"));
        self.change(phone, folder, title, conflict).await
    }

    /// Changes the title, synchronizes, and gives what became of it.
    async fn change(
        &mut self,
        device: &mut Mirror,
        folder: &Folder,
        title: &str,
        conflict: Conflict,
    ) -> Result<Outcome> {
        let (id, contact) = self.contact_of(device)?;
        // Without a body: one that is left out stays as it is.
        let wanted = Contact { job_title: Some(title.into()), body: None, ..contact.clone() };
        self.checks.done("the change queued", device.client.change(folder, &id, &wanted).await)?;
        let path = device.folders.path(folder);
        let mut changes = device.client.sync(folder).conflict(conflict).changes();
        let mut outcome = None;
        while let Some(change) = self.checks.done("changes of contacts", changes.try_next().await)? {
            if let Change::Uploaded(uploaded) = &change {
                outcome = Some(uploaded.outcome.clone());
            }
            device.apply(&path, change, &mut self.checks)?;
        }
        if let Some(Outcome::Accepted(id)) = &outcome {
            let contact = Contact { job_title: Some(title.into()), ..contact };
            let data = Fragment::from_value(&contact, Some(device.client.version()));
            device.rewrite(&path, id, self.checks.done("the change kept", data)?);
        }
        self.checks.there("what became of the change", outcome)
    }

    /// Server and both devices have the same, and nothing but the title changed.
    async fn agreed(
        &mut self,
        phone: &mut Mirror,
        laptop: &mut Mirror,
        folder: &Folder,
        before: &Contact<'static>,
        title: &str,
        rule: &str,
    ) -> Result<()> {
        let stored = self.stored()?;
        self.checks.equal(format_args!("at the server, where the {rule},"), title, title_of(&stored))?;
        for (name, device) in [("phone", phone), ("laptop", laptop)] {
            device.synchronize(folder, &mut self.checks, |_| ()).await?;
            let (_, contact) = self.contact_of(device)?;
            let expected = Contact { job_title: Some(title.into()), ..before.clone() };
            self.checks.equal(format_args!("on the {name}, where the {rule},"), &expected, &contact)?;
        }
        self.report.fact(rule, format!("server, phone and laptop all have {title}"));
        Ok(())
    }

    fn contact_of(&mut self, device: &Mirror) -> Result<(ServerId<'static>, Contact<'static>)> {
        for item in device.items("Contacts") {
            let contact = self.checks.done("a contact", item.contact())?;
            if contact.first_name.as_deref() == Some(FIRST_NAME) {
                return Ok((item.id.clone(), contact.into_owned()));
            }
        }
        Err(self.checks.failure(format!("the contact {FIRST_NAME}"), "none"))
    }

    /// The contact as it is in the store.
    fn stored(&mut self) -> Result<Contact<'static>> {
        let found = self.look_into_store();
        let found = self.checks.done("a look into the store", found)?;
        self.checks.there(format_args!("the contact {FIRST_NAME} in the store"), found)
    }

    fn look_into_store(&self) -> activesync_server::backend::Result<Option<Contact<'static>>> {
        let mailbox = self.stage.store().snapshot(&self.stage.ada().id)?;
        for folder in mailbox.folders()? {
            for change in mailbox.changes(folder.id, Revision(0), usize::MAX)? {
                if let Some(item) = mailbox.item(folder.id, change.item)?
                    && let Content::Contact(contact) = item.content
                    && contact.first_name.as_deref() == Some(FIRST_NAME)
                {
                    return Ok(Some(*contact));
                }
            }
        }
        Ok(None)
    }
}

fn title_of<'c>(contact: &'c Contact<'_>) -> &'c str {
    contact.job_title.as_deref().unwrap_or_default()
}
