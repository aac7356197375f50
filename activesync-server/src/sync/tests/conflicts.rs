//! Both sides changed the same item (`[MS-ASCMD]` 2.2.3.34).

use super::*;

fn statuses(response: &CollectionResponse<'_>) -> Vec<SyncStatus> {
    let status = |answer: &CommandResponse<'_>| match answer {
        CommandResponse::Add(add) => add.status,
        CommandResponse::Change(change) => change.status,
        CommandResponse::Delete(delete) => delete.status,
        CommandResponse::Fetch(fetch) => fetch.status,
    };
    response.responses.iter().map(status).collect()
}

#[test]
fn the_server_wins_unless_the_client_says_otherwise() {
    for options in [SyncOptions::default(), conflict_options(Conflict::ServerWins)] {
        on_both(|world| {
            let ada = world.add_contact("Ada");
            let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
            phone.options = options.clone();
            phone.edit(&phone.id_of("Ada"), "from the phone");
            world.change_contact(ada, "from the server");
            let response = phone.sync(world);
            assert_eq!(statuses(&response), [SyncStatus::Conflict]);
            assert_eq!(told(&response), ["change from the server"]);
            assert_eq!(world.contacts()[&ada], "from the server");
            assert_eq!(phone.names(), ["from the server"]);
            assert!(told(&phone.sync(world)).is_empty());
        });
    }
}

#[test]
fn the_client_wins_if_it_says_so() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.options = conflict_options(Conflict::ClientWins);
        phone.edit(&phone.id_of("Ada"), "from the phone");
        world.change_contact(ada, "from the server");
        let response = phone.sync(world);
        assert_eq!(statuses(&response), []);
        assert!(told(&response).is_empty());
        assert_eq!(world.contacts()[&ada], "from the phone");
        assert_eq!(phone.names(), ["from the phone"]);
    });
}

#[test]
fn the_same_change_on_both_sides_is_no_conflict() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.edit(&phone.id_of("Ada"), "Ada L.");
        world.change_contact(ada, "Ada L.");
        assert_eq!(statuses(&phone.sync(world)), []);
        assert_eq!(phone.names(), ["Ada L."]);
    });
}

#[test]
fn a_loser_is_sent_although_the_client_wanted_no_changes() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.edit(&phone.id_of("Ada"), "from the phone");
        world.change_contact(ada, "from the server");
        let request = Collection { get_changes: Some(Flag::False), ..phone.request() };
        let response = phone.send(world, &request);
        assert_eq!(statuses(&response), [SyncStatus::Conflict]);
        assert!(told(&response).is_empty());
        phone.receive(&request, &response);
        assert_eq!(told(&phone.sync(world)), ["change from the server"], "with the next");
    });
}

#[test]
fn losers_come_before_everything_else() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        for name in ["1", "2", "3"] {
            world.add_contact(name);
        }
        phone.window = Some(1);
        phone.edit(&phone.id_of("Ada"), "from the phone");
        world.change_contact(ada, "from the server");
        assert_eq!(told(&phone.sync(world)), ["change from the server"]);
        phone.sync_all(world);
        assert_eq!(phone.names(), ["1", "2", "3", "from the server"]);
    });
}

#[test]
fn deleted_here_and_changed_there_is_deleted() {
    for conflict in [Conflict::ClientWins, Conflict::ServerWins] {
        on_both(|world| {
            let ada = world.add_contact("Ada");
            let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
            phone.options = conflict_options(conflict);
            // The server deletes, the client changes.
            phone.edit(&phone.id_of("Ada"), "from the phone");
            world.delete_contact(ada);
            let response = phone.sync(world);
            assert_eq!(statuses(&response), [SyncStatus::ObjectNotFound]);
            assert_eq!(response.commands.len(), 1);
            assert!(phone.items.is_empty());
            // The client deletes, the server changes.
            let grace = world.add_contact("Grace");
            phone.sync_all(world);
            phone.delete(&phone.id_of("Grace"));
            world.change_contact(grace, "from the server");
            let response = phone.sync(world);
            assert_eq!(statuses(&response), []);
            assert!(told(&response).is_empty());
            assert!(world.contacts().is_empty());
            assert!(phone.items.is_empty());
        });
    }
}

#[test]
fn deleted_on_both_sides_is_no_fault() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.delete(&phone.id_of("Ada"));
        world.delete_contact(ada);
        let response = phone.sync(world);
        assert_eq!(statuses(&response), []);
        assert!(told(&response).is_empty());
    });
}

#[test]
fn a_conflict_that_the_lost_answer_had_settled_is_settled_again() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.edit(&phone.id_of("Ada"), "from the phone");
        world.change_contact(ada, "from the server");
        let request = phone.request();
        phone.send(world, &request);
        let again = phone.send(world, &request);
        assert_eq!(statuses(&again), [SyncStatus::Conflict]);
        assert_eq!(told(&again), ["change from the server"]);
        phone.receive(&request, &again);
        assert_eq!(phone.names(), ["from the server"]);
    });
}

/// The user edits while an answer is lost that would have brought another version.
#[test]
fn what_only_a_lost_answer_told_the_client_does_not_know() {
    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        world.change_contact(ada, "from the server");
        let lost = phone.send(world, &phone.request());
        assert_eq!(told(&lost), ["change from the server"]);
        phone.edit(&phone.id_of("Ada"), "from the phone");
        let response = phone.sync(world);
        assert_eq!(statuses(&response), [SyncStatus::Conflict]);
        assert_eq!(world.contacts()[&ada], "from the server");
        assert_eq!(phone.names(), ["from the server"]);
    });
}

#[test]
fn two_devices_and_the_second_to_come_meets_the_conflict() {
    on_both(|world| {
        world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        let mut tablet = Device::synchronized(world, "tablet", FolderType::Contacts);
        phone.edit(&phone.id_of("Ada"), "from the phone");
        tablet.edit(&tablet.id_of("Ada"), "from the tablet");
        assert_eq!(statuses(&phone.sync(world)), []);
        assert_eq!(statuses(&tablet.sync(world)), [SyncStatus::Conflict]);
        assert_eq!(tablet.names(), ["from the phone"]);
    });
}

#[test]
fn unknown_and_foreign_items_are_not_found() {
    on_both(|world| {
        let mail = world.add_mail("Hello", 1);
        let inbox = world.folder(FolderType::Inbox);
        let phone = Device::synchronized(world, "phone", FolderType::Contacts);
        let ids = [
            format!("{inbox}:{mail}"),
            format!("{}:{mail}", phone.folder),
            "99:1".into(),
            String::new(),
            "x".into(),
        ];
        for id in ids {
            let delete = ClientDelete { server_id: ServerId::from(id.clone()), instance_id: None };
            let fetch = activesync_types::sync::Fetch { server_id: ServerId::from(id.clone()) };
            let commands = vec![
                change_command(&id, contact_data("x")),
                ClientCommand::Delete(delete),
                ClientCommand::Fetch(fetch),
            ];
            let response = phone.send(world, &Collection { commands, ..phone.request() });
            assert_eq!(statuses(&response), [SyncStatus::ObjectNotFound; 3], "{id:?}");
        }
        assert!(world.work(|mailbox| mailbox.item(inbox, mail).unwrap()).is_some());
    });
}

/// The client says what the server has already; of the notes, which it does not mention, it has an old version.
#[test]
fn what_else_changed_is_told_although_the_change_was_the_same() {
    use activesync_types::airsyncbase::Body;

    on_both(|world| {
        let ada = world.add_contact("Ada");
        let mut phone = Device::synchronized(world, "phone", FolderType::Contacts);
        phone.edit(&phone.id_of("Ada"), "Ada L.");
        let contacts = phone.folder;
        let with_notes = Contact {
            first_name: Some("Ada L.".into()),
            body: Some(Body::plain_text("notes")),
            ..Contact::default()
        };
        world.work(|mailbox| {
            mailbox.update_item(contacts, ada, &Content::Contact(Box::new(with_notes))).unwrap()
        });
        let response = phone.sync(world);
        assert_eq!(statuses(&response), []);
        let [ServerCommand::Change(change)] = &response.commands[..] else { panic!("{response:?}") };
        let told: Contact<'_> = change.application_data.decode().unwrap();
        assert_eq!(told.body.unwrap().data.unwrap(), "notes");
    });
}
