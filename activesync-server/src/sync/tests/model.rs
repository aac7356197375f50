//! The engine against a simple model: whatever happens, in whatever order, whatever gets lost on the way.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    ServerAdds,
    ServerChanges(Index),
    ServerDeletes(Index),
    Adds(Who),
    EditsAddition(Who, Index),
    Edits(Who, Index),
    Deletes(Who, Index),
    Syncs { who: Who, window: u32, wants_changes: bool, client_wins: bool, fate: Fate },
}

type Who = usize;

/// What becomes of a request and its answer.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Arrives,
    RequestIsLost,
    ServerCrashes,
    AnswerIsLost,
    /// A proxy sends the request twice; the client gets this of the answers.
    Twice(usize),
}

fn event() -> impl Strategy<Value = Event> {
    let who = 0..2_usize;
    prop_oneof![
        2 => Just(Event::ServerAdds),
        2 => any::<Index>().prop_map(Event::ServerChanges),
        1 => any::<Index>().prop_map(Event::ServerDeletes),
        2 => who.clone().prop_map(Event::Adds),
        1 => (who.clone(), any::<Index>()).prop_map(|(who, index)| Event::EditsAddition(who, index)),
        3 => (who.clone(), any::<Index>()).prop_map(|(who, index)| Event::Edits(who, index)),
        1 => (who.clone(), any::<Index>()).prop_map(|(who, index)| Event::Deletes(who, index)),
        6 => (who, 1..5_u32, any::<[bool; 2]>(), fate()).prop_map(|(who, window, [wants_changes, client_wins], fate)| {
            Event::Syncs { who, window, wants_changes, client_wins, fate }
        }),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Arrives),
        1 => Just(Fate::RequestIsLost),
        1 => Just(Fate::ServerCrashes),
        2 => Just(Fate::AnswerIsLost),
        1 => (0..2_usize).prop_map(Fate::Twice),
    ]
}

/// What ought to be. An item is known by what it was first called; every content is there only once, so that it
/// says which version it is.
#[derive(Default)]
struct Model {
    /// Items of the server: their origin and their content.
    server: BTreeMap<String, String>,
    devices: [Knowledge; 2],
    last_number: u32,
}

/// What a device knows of the server's contents.
#[derive(Default)]
struct Knowledge {
    /// By origin: the content that the device was last told of, or had accepted.
    seen: BTreeMap<String, String>,
    /// By origin: what the device itself did since the last answer that arrived.
    done: BTreeMap<String, String>,
}

impl Model {
    fn fresh(&mut self) -> String {
        self.last_number += 1;
        self.last_number.to_string()
    }

    /// What ought to become of a change.
    fn change(&mut self, who: Who, content: &str, client_wins: bool) -> SyncStatus {
        let origin = origin(content);
        let knows = &mut self.devices[who];
        let done = knows.done.get(&origin);
        // It has been done, whatever came of it since.
        if done.is_some_and(|done| done == content) {
            return SyncStatus::Success;
        }
        let Some(current) = self.server.get(&origin).cloned() else { return SyncStatus::ObjectNotFound };
        if current == content {
            return SyncStatus::Success;
        }
        let is_known = knows.seen.get(&origin) == Some(&current) || done == Some(&current);
        if !is_known && !client_wins {
            return SyncStatus::Conflict;
        }
        knows.done.insert(origin.clone(), content.to_owned());
        self.server.insert(origin, content.to_owned());
        SyncStatus::Success
    }

    fn add(&mut self, who: Who, content: &str, client_wins: bool) {
        let origin = origin(content);
        let done = self.devices[who].done.get(&origin).cloned();
        let current = self.server.get(&origin).cloned();
        let goes_in = match (&done, &current) {
            (None, _) => true,
            // Deleted since.
            (Some(_), None) => false,
            (Some(done), Some(current)) => done != content && (done == current || client_wins),
        };
        if goes_in {
            self.devices[who].done.insert(origin.clone(), content.to_owned());
            self.server.insert(origin, content.to_owned());
        }
    }
}

/// `7` is the origin of `7`, `7-8` and `7-9`.
fn origin(content: &str) -> String {
    content.split('-').next().unwrap_or_default().to_owned()
}

struct Play {
    world: World,
    model: Model,
    devices: [Device; 2],
    /// The origins of all that was ever added and of all that was deleted.
    added: BTreeSet<String>,
    deleted: BTreeSet<String>,
}

impl Play {
    fn new(world: World) -> Self {
        let mut devices = ["phone", "tablet"].map(|id| Device::new(&world, id, FolderType::Contacts));
        for device in &mut devices {
            device.sync_all(&world);
        }
        Self { world, model: Model::default(), devices, added: BTreeSet::new(), deleted: BTreeSet::new() }
    }

    fn run(&mut self, event: &Event) {
        match event {
            Event::ServerAdds => {
                let name = self.fresh_origin();
                self.world.add_contact(&name);
                self.model.server.insert(name.clone(), name);
            }
            Event::ServerChanges(index) => {
                if let Some((item, before)) = pick(*index, self.world.contacts()) {
                    let name = self.version_of(&before);
                    self.world.change_contact(item, &name);
                    self.model.server.insert(origin(&name), name);
                }
            }
            Event::ServerDeletes(index) => {
                if let Some((item, name)) = pick(*index, self.world.contacts()) {
                    self.world.delete_contact(item);
                    self.model.server.remove(&origin(&name));
                    self.deleted.insert(origin(&name));
                }
            }
            Event::Adds(who) => {
                let name = self.fresh_origin();
                self.devices[*who].add(&name);
            }
            Event::EditsAddition(who, index) => {
                if let Some((client_id, before)) = pick(*index, self.devices[*who].adds.clone()) {
                    let name = self.version_of(&before);
                    self.devices[*who].adds.insert(client_id, name);
                }
            }
            Event::Edits(who, index) => {
                if let Some((id, before)) = pick(*index, self.devices[*who].items.clone()) {
                    let name = self.version_of(&before);
                    self.devices[*who].edit(&id, &name);
                }
            }
            Event::Deletes(who, index) => {
                if let Some((id, name)) = pick(*index, self.devices[*who].items.clone()) {
                    self.devices[*who].delete(&id);
                    self.deleted.insert(origin(&name));
                }
            }
            Event::Syncs { who, window, wants_changes, client_wins, fate } => {
                let device = &mut self.devices[*who];
                device.window = Some(*window);
                device.options =
                    conflict_options(if *client_wins { Conflict::ClientWins } else { Conflict::ServerWins });
                let request = Collection {
                    get_changes: Some(if *wants_changes { Flag::Empty } else { Flag::False }),
                    ..device.request()
                };
                self.exchange(*who, &request, *client_wins, *fate);
            }
        }
    }

    fn exchange(&mut self, who: Who, request: &Collection<'_>, client_wins: bool, fate: Fate) {
        let arrived = match fate {
            Fate::RequestIsLost => return,
            Fate::ServerCrashes => {
                let mut mailbox = self.world.backend.open(&self.world.user).unwrap();
                let session = self.devices[who].session(&self.world);
                sync_collection(&mut *mailbox, &session, request, &mut Budget::default()).unwrap();
                return;
            }
            Fate::AnswerIsLost => {
                self.serve(who, request, client_wins);
                return;
            }
            Fate::Arrives => self.serve(who, request, client_wins),
            Fate::Twice(which) => {
                let answers = [(); 2].map(|()| self.serve(who, request, client_wins));
                answers[which].clone()
            }
        };
        self.devices[who].receive(request, &arrived);
        self.learn(who, request, &arrived);
    }

    /// The server does what a request says, and the model says what that ought to be.
    fn serve(
        &mut self,
        who: Who,
        request: &Collection<'_>,
        client_wins: bool,
    ) -> CollectionResponse<'static> {
        let estimate = self.estimate(who, request);
        let mut expected = BTreeMap::new();
        for command in &request.commands {
            match command {
                ClientCommand::Add(add) => {
                    self.model.add(who, &text(&add.application_data, None), client_wins);
                }
                ClientCommand::Change(change) => {
                    let status = self.model.change(who, &text(&change.application_data, None), client_wins);
                    if status != SyncStatus::Success {
                        expected.insert(change.server_id.to_string(), status);
                    }
                }
                ClientCommand::Delete(delete) => {
                    let deleted = self.world.contacts();
                    let item = find_item_number(delete.server_id.as_str());
                    if let Some(name) = deleted.get(&item) {
                        self.model.server.remove(&origin(name));
                    }
                }
                ClientCommand::Fetch(_) => {}
            }
        }
        let response = self.devices[who].send(&self.world, request);
        assert_eq!(response.status, SyncStatus::Success);
        let failures = response.responses.iter().filter_map(|answer| match answer {
            CommandResponse::Change(change) => Some((change.server_id.to_string(), change.status)),
            CommandResponse::Add(add) => {
                assert_eq!(add.status, SyncStatus::Success);
                None
            }
            other => panic!("{other:?}"),
        });
        assert_eq!(failures.collect::<BTreeMap<_, _>>(), expected);
        assert_eq!(self.on_server(), self.model.server);
        if let Some(estimate) = estimate {
            let window = request.effective_window_size() as usize;
            assert_eq!(response.commands.len(), estimate.min(window), "the estimate was {estimate}");
            assert_eq!(response.more_available, estimate > window);
        }
        response
    }

    /// What ought to come if the client sends nothing.
    fn estimate(&self, who: Who, request: &Collection<'_>) -> Option<usize> {
        if !request.commands.is_empty() || request.get_changes == Some(Flag::False) {
            return None;
        }
        let mailbox = self.world.backend.snapshot(&self.world.user).unwrap();
        let folder = mailbox.folder(self.devices[who].folder).unwrap().unwrap();
        let session = self.devices[who].session(&self.world);
        let estimate = estimate(&*mailbox, &session, &folder, &request.sync_key, None).unwrap();
        Some(estimate.unwrap() as usize)
    }

    /// What a device knows by an answer that arrived.
    fn learn(&mut self, who: Who, request: &Collection<'_>, response: &CollectionResponse<'_>) {
        let knows = &mut self.model.devices[who];
        let refused: Vec<_> = response
            .responses
            .iter()
            .filter_map(|answer| match answer {
                CommandResponse::Change(change) => Some(change.server_id.as_str()),
                _ => None,
            })
            .collect();
        for command in &request.commands {
            let sent = match command {
                ClientCommand::Add(add) => text(&add.application_data, None),
                ClientCommand::Change(change) if !refused.contains(&change.server_id.as_str()) => {
                    text(&change.application_data, None)
                }
                _ => continue,
            };
            // An addition that lost was not accepted.
            if knows.done.get(&origin(&sent)) == Some(&sent) {
                knows.seen.insert(origin(&sent), sent);
            }
        }
        for command in &response.commands {
            if let ServerCommand::Add(ServerAdd { application_data, .. })
            | ServerCommand::Change(ServerChange { application_data, .. }) = command
            {
                let told = text(application_data, None);
                knows.seen.insert(origin(&told), told);
            }
        }
        knows.done.clear();
    }

    /// In the end everybody has the same, and all that was added and not deleted, once.
    fn finish(mut self) {
        for _ in 0..3 {
            for who in 0..2 {
                for _ in 0..200 {
                    let device = &mut self.devices[who];
                    device.window = None;
                    device.options = conflict_options(Conflict::ServerWins);
                    let request = device.request();
                    self.exchange(who, &request, false, Fate::Arrives);
                    let device = &self.devices[who];
                    if device.adds.is_empty() && device.changes.is_empty() && device.deletes.is_empty() {
                        break;
                    }
                }
            }
        }
        let server = self.on_server();
        let origins: BTreeSet<String> = server.keys().cloned().collect();
        assert_eq!(origins, &self.added - &self.deleted);
        let items: BTreeMap<String, String> = self
            .world
            .contacts()
            .into_iter()
            .map(|(item, name)| (format!("{}:{item}", self.devices[0].folder), name))
            .collect();
        for device in &self.devices {
            assert_eq!(device.items, items, "{}", device.id);
        }
    }

    fn fresh_origin(&mut self) -> String {
        let name = self.model.fresh();
        self.added.insert(name.clone());
        name
    }

    fn version_of(&mut self, name: &str) -> String {
        format!("{}-{}", origin(name), self.model.fresh())
    }

    /// What the server has, by origin.
    fn on_server(&self) -> BTreeMap<String, String> {
        let contacts = self.world.contacts();
        let count = contacts.len();
        let by_origin: BTreeMap<_, _> = contacts.into_values().map(|name| (origin(&name), name)).collect();
        assert_eq!(by_origin.len(), count, "something is there twice: {by_origin:?}");
        by_origin
    }
}

fn find_item_number(id: &str) -> ItemId {
    ItemId(id.split(':').nth(1).unwrap().parse().unwrap())
}

fn pick<K, V>(index: Index, from: BTreeMap<K, V>) -> Option<(K, V)> {
    let length = from.len();
    if length == 0 { None } else { from.into_iter().nth(index.index(length)) }
}

fn play(world: World, events: &[Event]) {
    let mut play = Play::new(world);
    for event in events {
        play.run(event);
    }
    play.finish();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn all_sides_agree_in_the_end(events in prop::collection::vec(event(), 1..60)) {
        play(World::memory(), &events);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn all_sides_agree_in_the_end_with_sqlite_too(events in prop::collection::vec(event(), 1..60)) {
        play(World::sqlite(), &events);
    }
}

/// Something that happens to mail.
#[derive(Clone, Debug)]
enum MailEvent {
    Comes { hours_ago: i64 },
    IsMarked(Index),
    IsDeleted(Index),
    Pass { hours: i64 },
    Filter(u32),
    Syncs { window: u32, fate: Fate },
}

fn mail_event() -> impl Strategy<Value = MailEvent> {
    prop_oneof![
        3 => (0..200_i64).prop_map(|hours_ago| MailEvent::Comes { hours_ago }),
        1 => any::<Index>().prop_map(MailEvent::IsMarked),
        1 => any::<Index>().prop_map(MailEvent::IsDeleted),
        1 => (-100..100_i64).prop_map(|hours| MailEvent::Pass { hours }),
        1 => (0..4_u32).prop_map(MailEvent::Filter),
        4 => (1..5_u32, fate()).prop_map(|(window, fate)| MailEvent::Syncs { window, fate }),
    ]
}

fn play_mail(mut world: World, events: &[MailEvent]) {
    let mut phone = Device::new(&world, "phone", FolderType::Inbox);
    phone.sync_all(&world);
    let mut mails: BTreeMap<ItemId, (Timestamp, String)> = BTreeMap::new();
    for (number, event) in events.iter().enumerate() {
        match event {
            MailEvent::Comes { hours_ago } => {
                let subject = number.to_string();
                let item = world.add_mail(&subject, *hours_ago);
                mails.insert(item, (world.now - SignedDuration::from_hours(*hours_ago), subject));
            }
            MailEvent::IsMarked(index) => {
                if let Some((item, _)) = pick(*index, mails.clone()) {
                    let marks = crate::backend::EmailMarks { read: true, ..Default::default() };
                    world.work(|mailbox| mailbox.mark_email(phone.folder, item, &marks).unwrap());
                    mails.get_mut(&item).unwrap().1 =
                        format!("{} (read)", mails[&item].1.replace(" (read)", ""));
                }
            }
            MailEvent::IsDeleted(index) => {
                if let Some((item, _)) = pick(*index, mails.clone()) {
                    world.work(|mailbox| mailbox.delete_item(phone.folder, item).unwrap());
                    mails.remove(&item);
                }
            }
            MailEvent::Pass { hours } => world.pass(*hours),
            MailEvent::Filter(code) => {
                phone.options.filter_type = Some(activesync_types::sync::FilterType::from_code(*code));
            }
            MailEvent::Syncs { window, fate } => {
                phone.window = Some(*window);
                let request = phone.request();
                match fate {
                    Fate::RequestIsLost | Fate::ServerCrashes => {}
                    Fate::AnswerIsLost => drop(phone.send(&world, &request)),
                    Fate::Arrives => drop(phone.sync(&world)),
                    Fate::Twice(which) => {
                        let answers = [(); 2].map(|()| phone.send(&world, &request));
                        phone.receive(&request, &answers[*which]);
                    }
                }
            }
        }
    }
    phone.sync_all(&world);
    let cutoff = filter::cutoff(phone.options.filter_type.unwrap_or_default(), world.now);
    let expected: BTreeMap<String, String> = mails
        .into_iter()
        .filter(|(_, (date, _))| cutoff.is_none_or(|cutoff| *date >= cutoff))
        .map(|(item, (_, text))| (format!("{}:{item}", phone.folder), text))
        .collect();
    assert_eq!(phone.items, expected);
}

/// Of two mails that got too old, one of which changed too, one is taken away; then the clock goes back so far that one is
/// wanted again.
#[test]
fn a_mail_comes_back_with_the_clock_though_not_all_that_aged_were_taken_away() {
    let mut world = World::memory();
    let mut phone = Device::new(&world, "phone", FolderType::Inbox);
    phone.sync_all(&world);
    let changed = world.add_mail("changed", 115);
    world.add_mail("other", 116);
    phone.options.filter_type = Some(activesync_types::sync::FilterType::OneWeek);
    phone.sync_all(&world);
    world.pass(66);
    let marks = crate::backend::EmailMarks { read: true, ..Default::default() };
    world.work(|mailbox| mailbox.mark_email(phone.folder, changed, &marks).unwrap());
    phone.window = Some(1);
    phone.sync(&world);
    assert_eq!(phone.items.len(), 1, "one of them at a time");
    world.pass(-13);
    phone.sync_all(&world);
    assert_eq!(phone.items.values().collect::<Vec<_>>(), ["changed (read)"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_device_has_the_mail_that_the_filter_lets_through(events in prop::collection::vec(mail_event(), 1..50)) {
        play_mail(World::memory(), &events);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_same_with_sqlite(events in prop::collection::vec(mail_event(), 1..50)) {
        play_mail(World::sqlite(), &events);
    }
}
