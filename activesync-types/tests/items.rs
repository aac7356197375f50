//! Items as the specification's examples have them, and as devices send them.

mod support;

use activesync_types::calendar::{Calendar, Exception, Recurrence};
use activesync_types::contacts::Contact;
use activesync_types::date_time::{CompactDateTime, DateTime};
use activesync_types::document_library::Document;
use activesync_types::email::{Email, Flag, FlagStatus};
use activesync_types::enumerations::{BusyStatus, Importance, Sensitivity};
use activesync_types::gal::{GalEntry, Picture, PictureStatus};
use activesync_types::notes::Note;
use activesync_types::recurrence::{DaysOfWeek, FirstDayOfWeek, RecurrenceType};
use activesync_types::rights_management::ContentExpiryDate;
use activesync_types::sync::{ClientCommand, ServerCommand, SyncRequest, SyncResponse};
use activesync_types::tasks::{self, Task};
use activesync_types::time_zone::TimeZone;
use support::{read_hex, spec_dir};
use wbxml::codepages::search;
use wbxml::{Encode, Event, Fragment, OrEmpty, ProtocolVersion, Reader, xml::from_xml};

/// The item in the first Add or Change of a document of the specification's examples.
fn with_item(document: &str, check: impl FnOnce(&Fragment<'_>)) {
    let Some(spec) = spec_dir() else { return };
    let bytes = read_hex(&spec.join("examples").join(document).with_extension("hex"));
    if document.ends_with("response") || document.starts_with("ms-") {
        let answer: SyncResponse<'_> = wbxml::from_slice(&bytes).unwrap();
        match &answer.collections[0].commands[0] {
            ServerCommand::Add(add) => check(&add.application_data),
            other => panic!("{other:?}"),
        }
    } else {
        let request: SyncRequest<'_> = wbxml::from_slice(&bytes).unwrap();
        match &request.collections[0].commands[0] {
            ClientCommand::Add(add) => check(&add.application_data),
            ClientCommand::Change(change) => check(&change.application_data),
            other => panic!("{other:?}"),
        }
    }
}

/// The same bytes come out again, without a version and in each of the given ones.
#[track_caller]
fn is_written_as_it_was(
    fragment: &Fragment<'_>,
    item: &impl Encode,
    versions: impl IntoIterator<Item = ProtocolVersion>,
) {
    let first = Fragment::from_value(item, None).unwrap();
    assert_eq!(&first, fragment);
    for version in versions {
        assert_eq!(&Fragment::from_value(item, Some(version)).unwrap(), fragment, "{version}");
    }
}

fn since(first: ProtocolVersion) -> impl Iterator<Item = ProtocolVersion> {
    ProtocolVersion::ALL.into_iter().filter(move |version| *version >= first)
}

fn time(text: &str) -> CompactDateTime {
    text.parse().unwrap()
}

#[test]
fn mail_of_an_answer() {
    with_item("sync-email-add-response", |fragment| {
        let email: Email<'_> = fragment.decode().unwrap();
        assert_eq!(email.subject.as_deref(), Some("Räkning & kvitto"));
        assert_eq!(email.date_received.unwrap().to_string(), "2024-02-29T07:08:09.000Z");
        assert_eq!(email.importance, Some(Importance::Normal));
        assert_eq!(email.attachments[0].attachment().unwrap().estimated_data_size, Some(2048));
        assert_eq!(email.body.as_ref().unwrap().text().as_deref(), Some("hello"));
        assert_eq!(email.flag, Some(Flag::default()));
        assert_eq!(email.conversation_id.as_ref().unwrap()[..], [0xDE, 0xAD, 0xBE, 0xEF, 0, 1, 2, 3]);
        is_written_as_it_was(fragment, &email, since(ProtocolVersion::V14_0));
    });
}

#[test]
fn mail_of_a_change() {
    with_item("sync-change-delete-request", |fragment| {
        let email: Email<'_> = fragment.decode().unwrap();
        let flag = Flag {
            status: Some(FlagStatus::Active),
            flag_type: Some("Flag for follow up".into()),
            ..Flag::default()
        };
        assert_eq!(email, Email { read: Some(true), flag: Some(flag), ..Email::default() });
        is_written_as_it_was(fragment, &email, since(ProtocolVersion::V12_0));
    });
}

#[test]
fn an_event_up_to_14_1() {
    with_item("sync-calendar-add-request-14", |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        assert_eq!(event.timezone, Some(TimeZone::fixed(60)));
        assert_eq!(event.reminder, Some(OrEmpty::Value(15)));
        let recurrence = event.recurrence.unwrap();
        assert_eq!(recurrence.recurrence_type, Some(RecurrenceType::Weekly));
        assert_eq!(recurrence.day_of_week, Some(DaysOfWeek::FRIDAY));
        assert_eq!(event.location_name(), Some("Room 1"));
        // The document's time zone ends three bytes early. It is written whole, and all else as it was.
        let start = Calendar { timezone: None, ..event.clone() };
        let rest = Fragment::from_value(&start, None).unwrap();
        assert!(fragment.as_bytes().ends_with(&rest.as_bytes()[2..]));
        for version in [None, Some(ProtocolVersion::V12_0), Some(ProtocolVersion::V14_1)] {
            let written = Fragment::from_value(&event, version).unwrap();
            assert_eq!(written.as_bytes().len(), fragment.as_bytes().len() + 4);
            assert_eq!(written.decode::<Calendar<'_>>().unwrap(), event);
        }
    });
}

#[test]
fn an_event_of_16_0() {
    with_item("sync-calendar-add-request-16", |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        assert_eq!(event.client_uid.as_deref(), Some("9a8b7c6d"));
        assert_eq!(event.location.as_ref().unwrap().city.as_deref(), Some("Lund"));
        is_written_as_it_was(fragment, &event, since(ProtocolVersion::V16_0));
    });
}

#[test]
fn a_contact() {
    with_item("sync-contact-add-request", |fragment| {
        let contact: Contact<'_> = fragment.decode().unwrap();
        assert_eq!(contact.nick_name.as_deref(), Some("A."));
        assert_eq!(contact.birthday.unwrap().value().unwrap().to_string(), "1815-12-10T00:00:00.000Z");
        is_written_as_it_was(fragment, &contact, since(ProtocolVersion::V12_0));
    });
}

#[test]
fn a_contact_in_another_order_is_the_same_contact() {
    with_item("ms-aswbxml-3-sync-contact-add", |fragment| {
        let contact: Contact<'_> = fragment.decode().unwrap();
        assert_eq!(contact.file_as.as_deref(), Some("Funk, Don"));
        assert_eq!(contact.body.as_ref().unwrap().truncated, Some(true));
        let written = Fragment::from_value(&contact, None).unwrap();
        assert_eq!(written.decode::<Contact<'_>>().unwrap(), contact);
    });
}

#[test]
fn a_task() {
    with_item("sync-task-add-response", |fragment| {
        let task: Task<'_> = fragment.decode().unwrap();
        let due = Some("2024-03-02T00:00:00.000Z".parse().unwrap());
        let expected = Task {
            subject: Some("Buy milk".into()),
            importance: Some(Importance::Normal),
            utc_due_date: due,
            due_date: due,
            complete: Some(false),
            sensitivity: Some(Sensitivity::Normal),
            reminder_set: Some(false),
            ..Task::default()
        };
        assert_eq!(task, expected);
        is_written_as_it_was(fragment, &task, since(ProtocolVersion::V2_5));
    });
}

#[test]
fn a_note() {
    with_item("sync-note-add-response", |fragment| {
        let note: Note<'_> = fragment.decode().unwrap();
        assert_eq!(note.subject.as_deref(), Some("Idea"));
        assert_eq!(note.message_class.as_deref(), Some(Note::STICKY_NOTE));
        assert_eq!(note.last_modified_date, Some(time("20240229T120000Z")));
        assert_eq!(note.categories, Some(vec!["Home".into()]));
        assert_eq!(note.body.as_ref().unwrap().text().as_deref(), Some("text"));
        is_written_as_it_was(fragment, &note, since(ProtocolVersion::V14_0));
        // There are no notes before, and so no bodies of theirs.
        for version in ProtocolVersion::ALL.into_iter().filter(|version| *version < ProtocolVersion::V14_0) {
            let nothing = Fragment::from_value(&note, Some(version)).unwrap();
            assert_eq!(nothing.decode::<Note<'_>>().unwrap(), Note::default(), "{version}");
        }
    });
}

/// The content of the first `Properties` of a Search.
fn found(bytes: &[u8]) -> Fragment<'_> {
    let mut reader = Reader::new(bytes);
    while let Some(event) = reader.next().unwrap() {
        if matches!(event, Event::Start { tag, .. } if tag == search::Properties) {
            return reader.fragment().unwrap();
        }
    }
    panic!("nothing was found")
}

#[test]
fn somebody_in_the_global_address_list() {
    let Some(spec) = spec_dir() else { return };
    let bytes = read_hex(&spec.join("examples/search-gal-response.hex"));
    let fragment = found(&bytes);
    let entry: GalEntry<'_> = fragment.decode().unwrap();
    let expected = GalEntry {
        display_name: Some("Ada Exempel".into()),
        phone: Some("0".into()),
        alias: Some("ada".into()),
        first_name: Some("Ada".into()),
        last_name: Some("Exempel".into()),
        email_address: Some("ada@example.org".into()),
        ..GalEntry::default()
    };
    assert_eq!(entry, expected);
    for version in since(ProtocolVersion::V2_5) {
        let written = Fragment::from_value(&entry, Some(version)).unwrap();
        assert_eq!(written.decode::<GalEntry<'_>>().unwrap(), entry, "{version}");
    }
}

/// [MS-ASDTYPE] 2.7.1: a byte array is OPAQUE; [MS-ASCMD] 2.2.3.177.13: 173 means that there is no photo.
#[test]
fn photos_of_the_global_address_list() {
    for (content, picture) in [
        (&b"\x00\x10\x50\x51\x031\0\x01\x52\xC3\x03\xFF\xD8\0\x01\x01"[..], Picture::new(&b"\xFF\xD8\0"[..])),
        (b"\x00\x10\x50\x51\x03173\0\x01\x01", Picture::absent(PictureStatus::NoPicture)),
    ] {
        let document = [b"\x03\x01\x6A\x00\x00\x0F\x4F", content, b"\x01"].concat();
        let fragment = found(&document);
        let entry: GalEntry<'_> = fragment.decode().unwrap();
        assert_eq!(entry, GalEntry { picture: Some(picture), ..GalEntry::default() });
        for version in ProtocolVersion::ALL {
            let written = Fragment::from_value(&entry, Some(version)).unwrap();
            let expected = if version < ProtocolVersion::V14_1 { b"" } else { content };
            assert_eq!(written.as_bytes(), expected, "{version}");
        }
    }
}

/// What a device sent, written here as XML.
fn with_content(content: &str, check: impl FnOnce(&Fragment<'_>)) {
    let document = format!(
        "<Sync xmlns='AirSync' xmlns:b='AirSyncBase' xmlns:c='Calendar' xmlns:e='Email' xmlns:n='Contacts' \
         xmlns:d='DocumentLibrary' xmlns:r='RightsManagement' xmlns:t='Tasks'><Collections><Collection><SyncKey>1</SyncKey><CollectionId>1</CollectionId><Commands>\
         <Change><ServerId>1:1</ServerId><ApplicationData>{content}</ApplicationData></Change></Commands>\
         </Collection></Collections></Sync>"
    );
    let bytes = from_xml(&document).unwrap();
    let request: SyncRequest<'_> = wbxml::from_slice(&bytes).unwrap();
    match &request.collections[0].commands[0] {
        ClientCommand::Change(change) => check(&change.application_data),
        other => panic!("{other:?}"),
    }
}

#[test]
fn ios_puts_dead_occur_into_a_recurrence() {
    let recurrence = "<c:Recurrence><c:Type>0</c:Type><c:Interval>1</c:Interval><t:DeadOccur>0</t:DeadOccur></c:Recurrence>";
    with_content(recurrence, |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        assert_eq!(event.recurrence.unwrap().recurrence_type, Some(RecurrenceType::Daily));
    });
}

/// [MS-ASTASK] 2.2.2.25, 2.2.2.30: other than in events, `Start` and `Until` are dateTime values; [MS-ASTASK] 2.2.2.11:
/// any number but 0 makes an occurrence a dead one.
#[test]
fn a_task_repeats() {
    let recurrence = "<t:Recurrence><t:Type>1</t:Type><t:Start>2024-03-01T00:00:00.000Z</t:Start><t:Until>\
        2024-06-01T00:00:00.000Z</t:Until><t:Interval>2</t:Interval><t:DayOfWeek>34</t:DayOfWeek><t:Regenerate>1\
        </t:Regenerate><t:DeadOccur>7</t:DeadOccur><t:FirstDayOfWeek>1</t:FirstDayOfWeek></t:Recurrence>";
    with_content(recurrence, |fragment| {
        let task: Task<'_> = fragment.decode().unwrap();
        let recurrence = task.recurrence.unwrap();
        let expected = tasks::Recurrence {
            recurrence_type: Some(RecurrenceType::Weekly),
            start: Some("2024-03-01T00:00:00.000Z".parse().unwrap()),
            until: Some("2024-06-01T00:00:00.000Z".parse().unwrap()),
            interval: Some(2),
            day_of_week: Some(DaysOfWeek::MONDAY | DaysOfWeek::FRIDAY),
            regenerate: Some(true),
            dead_occur: Some(7),
            first_day_of_week: Some(FirstDayOfWeek(1)),
            ..tasks::Recurrence::default()
        };
        assert_eq!(recurrence, expected);
        assert!(recurrence.is_dead_occurrence());
        assert!(!tasks::Recurrence { dead_occur: Some(0), ..recurrence }.is_dead_occurrence());
        assert!(!tasks::Recurrence::default().is_dead_occurrence());
        is_written_as_it_was(fragment, &task, since(ProtocolVersion::V14_1));
    });
    // Some servers write it as in events.
    with_content("<t:Recurrence><t:Until>20240601T000000Z</t:Until></t:Recurrence>", |fragment| {
        let task: Task<'_> = fragment.decode().unwrap();
        assert_eq!(task.recurrence.unwrap().until, Some("2024-06-01T00:00:00.000Z".parse().unwrap()));
    });
}

/// [MS-ASTASK] 2.2.2.14: an unknown importance is given back as it came.
#[test]
fn a_task_keeps_an_importance_without_a_meaning() {
    with_content("<t:Importance>9</t:Importance>", |fragment| {
        let task: Task<'_> = fragment.decode().unwrap();
        assert_eq!(task.importance, Some(Importance::Other(9)));
        is_written_as_it_was(fragment, &task, since(ProtocolVersion::V2_5));
    });
}

#[test]
fn a_task_of_2_5_has_another_body() {
    let notes = "<t:Body>x</t:Body><t:BodySize>9</t:BodySize><t:BodyTruncated>1</t:BodyTruncated>";
    let body = "<b:Body><b:Type>1</b:Type><b:Data>x</b:Data></b:Body>";
    with_content(&format!("{notes}{body}"), |both| {
        let task: Task<'_> = both.decode().unwrap();
        assert_eq!((task.legacy_body_size, task.legacy_body_truncated), (Some(9), Some(true)));
        for (content, first, last) in [
            (notes, ProtocolVersion::V2_5, ProtocolVersion::V2_5),
            (body, ProtocolVersion::V12_0, ProtocolVersion::V16_1),
        ] {
            with_content(content, |fragment| {
                for version in since(first).filter(|version| *version <= last) {
                    let written = Fragment::from_value(&task, Some(version)).unwrap();
                    assert_eq!(
                        written.decode::<Task<'_>>().unwrap(),
                        fragment.decode().unwrap(),
                        "{version}"
                    );
                }
            });
        }
    });
}

/// [MS-ASDOC] 2.2.2.1: a size is an integer, and files are larger than 4 GiB.
#[test]
fn a_document() {
    let content = "<d:LinkId>\\\\fs\\share\\film.mkv</d:LinkId><d:DisplayName>film.mkv</d:DisplayName><d:IsFolder>0</d:IsFolder>\
        <d:CreationDate>2024-02-29T07:08:09.000Z</d:CreationDate><d:LastModifiedDate>2024-03-01T00:00:00.000Z\
        </d:LastModifiedDate><d:IsHidden>1</d:IsHidden><d:ContentLength>5000000000</d:ContentLength>\
        <d:ContentType>video/x-matroska</d:ContentType>";
    with_content(content, |fragment| {
        let document: Document<'_> = fragment.decode().unwrap();
        let expected = Document {
            link_id: Some(r"\\fs\share\film.mkv".into()),
            display_name: Some("film.mkv".into()),
            is_folder: Some(false),
            creation_date: Some("2024-02-29T07:08:09.000Z".parse().unwrap()),
            last_modified_date: Some("2024-03-01T00:00:00.000Z".parse().unwrap()),
            is_hidden: Some(true),
            content_length: Some(5_000_000_000),
            content_type: Some("video/x-matroska".into()),
            other: Vec::new(),
        };
        assert_eq!(document, expected);
        is_written_as_it_was(fragment, &document, since(ProtocolVersion::V12_0));
    });
}

/// [MS-ASRM] 2.2.2.1: 9999-12-30T23:59:59.999Z says that a licence has no end.
#[test]
fn a_licence_may_have_no_end() {
    let expires = |text: &str| {
        let licence = format!(
            "<r:RightsManagementLicense><r:ContentExpiryDate>{text}</r:ContentExpiryDate></r:RightsManagementLicense>"
        );
        let mut date = None;
        with_content(&licence, |fragment| {
            let email: Email<'_> = fragment.decode().unwrap();
            date = email.rights_management_license.as_ref().unwrap().content_expiry_date;
            is_written_as_it_was(fragment, &email, since(ProtocolVersion::V14_1));
        });
        date
    };
    assert_eq!(expires("9999-12-30T23:59:59.999Z"), Some(ContentExpiryDate::Never));
    let date = "2024-02-29T07:08:09.000Z";
    assert_eq!(expires(date), Some(ContentExpiryDate::At(date.parse().unwrap())));
    assert_eq!("9999-12-31T23:59:59Z".parse(), Ok(ContentExpiryDate::Never));
    for bad in ["", "never", "9999", "9999-13-30T23:59:59.999Z"] {
        assert!(bad.parse::<ContentExpiryDate>().is_err(), "{bad}");
    }
}

/// [MS-ASMS]: a text message is made of elements of mail; its addresses are telephone numbers.
#[test]
fn a_text_message_is_read_as_mail() {
    let message = "<e:To>[MOBILE: +46700000001]</e:To><e:From>\"Bo\" [MOBILE: +46700000002]</e:From><e:DateReceived>\
        2024-02-29T07:08:09.000Z</e:DateReceived><e:Importance>1</e:Importance><e:Read>0</e:Read><b:Body><b:Type>1\
        </b:Type><b:Data>hej</b:Data></b:Body>";
    with_content(message, |fragment| {
        let sms: Email<'_> = fragment.decode().unwrap();
        assert_eq!(sms.other, []);
        assert_eq!(sms.body.as_ref().unwrap().text().as_deref(), Some("hej"));
        let written = Fragment::from_value(&sms, Some(ProtocolVersion::V14_0)).unwrap();
        assert_eq!(written.decode::<Email<'_>>().unwrap(), sms);
    });
}

#[test]
fn exceptions_may_come_without_a_recurrence_and_without_a_start() {
    let exceptions = "<c:Exceptions><c:Exception><c:Deleted>1</c:Deleted><c:ExceptionStartTime>20240301T090000Z\
        </c:ExceptionStartTime></c:Exception><c:Exception><c:Subject>?</c:Subject></c:Exception></c:Exceptions>";
    with_content(exceptions, |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        assert_eq!(event.recurrence, None);
        let exceptions = event.exceptions.unwrap();
        assert!(exceptions[0].is_deleted());
        assert_eq!(exceptions[0].original_start(), Some(time("20240301T090000Z")));
        assert_eq!(exceptions[1].original_start(), None);
    });
}

/// [MS-ASCAL] 3.2.5.3.2: what was deleted from an occurrence comes as an empty element, whatever it holds elsewhere.
#[test]
fn what_an_exception_does_not_take_from_its_series_is_empty() {
    let exceptions = "<c:Exceptions><c:Exception><c:ExceptionStartTime>20240301T090000Z</c:ExceptionStartTime>\
        <c:Subject/><c:StartTime/><c:EndTime/><b:Body/><c:Location/><c:Categories/><c:Sensitivity/><c:BusyStatus/>\
        <c:AllDayEvent/><c:Reminder/><c:DtStamp/><c:MeetingStatus/><c:Attendees/><c:AppointmentReplyTime/>\
        <c:ResponseType/><c:OnlineMeetingConfLink/><c:OnlineMeetingExternalLink/></c:Exception></c:Exceptions>";
    with_content(exceptions, |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        let exception = &event.exceptions.as_ref().unwrap()[0];
        assert_eq!(exception.busy_status, Some(OrEmpty::Empty));
        assert_eq!(exception.start_time, Some(OrEmpty::Empty));
        assert_eq!(exception.body, Some(OrEmpty::Empty));
        assert_eq!(exception.legacy_body_truncated, None);
        assert_eq!(&Fragment::from_value(&event, None).unwrap(), fragment);
        let sent = Fragment::from_value(&event, Some(ProtocolVersion::V14_1)).unwrap();
        assert_eq!(&sent, fragment);
    });
    let truncated = "<c:Exceptions><c:Exception><c:Body/><c:BodyTruncated/></c:Exception></c:Exceptions>";
    with_content(truncated, |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        assert_eq!(event.exceptions.as_ref().unwrap()[0].legacy_body_truncated, Some(OrEmpty::Empty));
        assert_eq!(&Fragment::from_value(&event, Some(ProtocolVersion::V2_5)).unwrap(), fragment);
    });
}

#[test]
fn an_empty_value_does_not_cost_the_item() {
    let mail = "<e:Importance/><e:Read/><e:DateReceived/><e:Subject/><e:Flag><e:Status/><t:StartDate/></e:Flag>\
        <e:MeetingRequest><e:StartTime/><e:Reminder/></e:MeetingRequest>";
    with_content(mail, |fragment| {
        let email: Email<'_> = fragment.decode().unwrap();
        assert_eq!((email.importance, email.date_received), (None, None));
        // [MS-ASDTYPE] 2.1, R6: a boolean without a value is true.
        assert_eq!(email.read, Some(true));
        assert_eq!(email.subject.as_deref(), Some(""));
        assert_eq!(email.flag, Some(Flag::default()));
    });
    let event = "<c:Timezone/><c:StartTime/><c:BusyStatus/><c:MeetingStatus/><c:Recurrence><c:Type>0</c:Type>\
        <c:Interval/><c:Until/><c:Occurrences/><c:FirstDayOfWeek/></c:Recurrence>";
    with_content(event, |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        let recurrence = event.recurrence.unwrap_or_default();
        assert_eq!(
            recurrence,
            Recurrence { recurrence_type: Some(RecurrenceType::Daily), ..Recurrence::default() }
        );
        assert_eq!(event, Calendar { recurrence: Some(recurrence), ..Calendar::default() });
    });
    with_content("<n:WeightedRank/><n:FirstName>Ada</n:FirstName>", |fragment| {
        let contact: Contact<'_> = fragment.decode().unwrap();
        assert_eq!(contact, Contact { first_name: Some("Ada".into()), ..Contact::default() });
    });
}

#[test]
fn a_first_day_of_week_out_of_range_does_no_harm() {
    with_content(
        "<c:Recurrence><c:Type>1</c:Type><c:FirstDayOfWeek>9</c:FirstDayOfWeek></c:Recurrence>",
        |fragment| {
            let event: Calendar<'_> = fragment.decode().unwrap();
            let first = event.recurrence.unwrap().first_day_of_week;
            assert_eq!((first, first.unwrap().weekday()), (Some(FirstDayOfWeek(9)), None));
            assert_eq!(&Fragment::from_value(&event, None).unwrap(), fragment);
        },
    );
}

#[test]
fn an_empty_picture_is_not_an_absent_one() {
    with_content("<n:FirstName>Ada</n:FirstName><n:Picture/>", |fragment| {
        let contact: Contact<'_> = fragment.decode().unwrap();
        assert_eq!(contact.picture.as_deref(), Some(""));
        assert_eq!(&Fragment::from_value(&contact, None).unwrap(), fragment);
    });
    with_content("<n:FirstName>Ada</n:FirstName>", |fragment| {
        assert_eq!(fragment.decode::<Contact<'_>>().unwrap().picture, None);
    });
}

#[test]
fn an_empty_birthday_clears_it() {
    with_content("<n:Birthday/>", |fragment| {
        let contact: Contact<'_> = fragment.decode().unwrap();
        assert_eq!((contact.birthday, contact.anniversary), (Some(OrEmpty::Empty), None));
    });
}

#[test]
fn an_empty_reminder_is_none_at_all() {
    with_content("<c:Reminder/>", |fragment| {
        assert_eq!(fragment.decode::<Calendar<'_>>().unwrap().reminder, Some(OrEmpty::Empty));
    });
}

#[test]
fn an_empty_recurrence_makes_a_series_single() {
    with_content("<c:Recurrence/>", |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        assert_eq!(event.recurrence.unwrap().recurrence_type, None);
        assert_eq!(&Fragment::from_value(&event, None).unwrap(), fragment);
    });
}

#[test]
fn an_empty_list_is_not_an_absent_one() {
    with_content("<e:Categories/>", |fragment| {
        let email: Email<'_> = fragment.decode().unwrap();
        assert_eq!(email.categories, Some(Vec::new()));
        assert_eq!(&Fragment::from_value(&email, None).unwrap(), fragment);
    });
    with_content("<e:Read>1</e:Read>", |fragment| {
        assert_eq!(fragment.decode::<Email<'_>>().unwrap().categories, None);
    });
}

#[test]
fn dates_are_read_in_either_form() {
    with_content(
        "<c:StartTime>2024-03-01T09:00:00.000Z</c:StartTime><c:EndTime>20240301</c:EndTime>",
        |fragment| {
            let event: Calendar<'_> = fragment.decode().unwrap();
            assert_eq!(event.start_time, Some(time("20240301T090000Z")));
            assert_eq!(event.end_time, Some(time("20240301T000000Z")));
        },
    );
    with_content("<e:DateReceived>20240301T090000Z</e:DateReceived>", |fragment| {
        let email: Email<'_> = fragment.decode().unwrap();
        assert_eq!(email.date_received.unwrap().to_string(), "2024-03-01T09:00:00.000Z");
    });
}

#[test]
fn numbers_without_a_meaning_are_kept() {
    with_content("<c:BusyStatus>7</c:BusyStatus>", |fragment| {
        let event: Calendar<'_> = fragment.decode().unwrap();
        assert_eq!(event.busy_status, Some(BusyStatus::Other(7)));
        assert_eq!(&Fragment::from_value(&event, None).unwrap(), fragment);
    });
    with_content("<c:BusyStatus>-1</c:BusyStatus>", |fragment| {
        assert_eq!(fragment.decode::<Calendar<'_>>().unwrap().busy_status, Some(BusyStatus::Unknown));
    });
}

#[test]
fn elements_that_nobody_named_come_out_again() {
    with_content("<e:Read>1</e:Read><t:Complete>1</t:Complete>", |fragment| {
        let email: Email<'_> = fragment.decode().unwrap();
        assert_eq!(email.other.len(), 1);
        assert_eq!(&Fragment::from_value(&email, None).unwrap(), fragment);
    });
}

#[test]
fn a_bad_value_says_where_it_is() {
    let timezone = "<c:Timezone>AAAA</c:Timezone>";
    with_content(timezone, |fragment| {
        let fault = fragment.decode::<Calendar<'_>>().unwrap_err().to_string();
        assert!(fault.contains("Timezone") && fault.contains("172 bytes"), "{fault}");
    });
    with_content("<e:DateReceived>yesterday</e:DateReceived>", |fragment| {
        let fault = fragment.decode::<Email<'_>>().unwrap_err().to_string();
        assert!(fault.contains("2024-02-29T07:08:09.000Z") && fault.contains("yesterday"), "{fault}");
    });
}

#[test]
fn each_version_gets_its_own_elements() {
    let names = |item: &dyn Fn(ProtocolVersion) -> Fragment<'static>, version| {
        let fragment = item(version);
        let mut reader = fragment.reader().unwrap();
        let mut names = Vec::new();
        while let Some(event) = reader.next().unwrap() {
            if let Event::Start { tag, .. } = event {
                names.push(tag.to_string());
            }
        }
        names
    };
    let mut event = Calendar { legacy_body: Some("x".into()), ..Calendar::default() };
    event.body = Some(activesync_types::airsyncbase::Body::plain_text("x"));
    event.set_location_name("Room 1");
    event.client_uid = Some("1".into());
    event.exceptions =
        Some(vec![Exception { attendees: Some(Vec::new()), ..Exception::of(time("20240301T090000Z")) }]);
    let write = |version| Fragment::from_value(&event, Some(version)).unwrap();
    assert_eq!(
        names(&write, ProtocolVersion::V2_5),
        [
            "Calendar:Location",
            "Calendar:Exceptions",
            "Calendar:Exception",
            "Calendar:ExceptionStartTime",
            "Calendar:Body"
        ]
    );
    assert_eq!(
        names(&write, ProtocolVersion::V14_1),
        [
            "Calendar:Location",
            "Calendar:Exceptions",
            "Calendar:Exception",
            "Calendar:ExceptionStartTime",
            "Calendar:Attendees",
            "AirSyncBase:Body",
            "AirSyncBase:Type",
            "AirSyncBase:Data"
        ]
    );
    assert_eq!(
        names(&write, ProtocolVersion::V16_1),
        [
            "Calendar:ClientUid",
            "AirSyncBase:Location",
            "AirSyncBase:DisplayName",
            "Calendar:Exceptions",
            "Calendar:Exception",
            "AirSyncBase:InstanceId",
            "Calendar:Attendees",
            "AirSyncBase:Body",
            "AirSyncBase:Type",
            "AirSyncBase:Data"
        ]
    );
}

#[test]
fn a_date_keeps_its_milliseconds_where_it_has_them() {
    let email = Email {
        date_received: Some("2024-02-29T07:08:09.123Z".parse::<DateTime>().unwrap()),
        ..Email::default()
    };
    let fragment = Fragment::from_value(&email, None).unwrap();
    assert_eq!(fragment.decode::<Email<'_>>().unwrap(), email);
}

#[test]
fn items_are_not_large() {
    // A window of 512 items is held at once.
    assert!(size_of::<Email<'_>>() <= 2_048);
    assert!(size_of::<Calendar<'_>>() <= 1_280);
    assert!(size_of::<Contact<'_>>() <= 1_792);
    assert!(size_of::<Task<'_>>() <= 896);
    assert!(size_of::<Note<'_>>() <= 320);
    assert!(size_of::<Document<'_>>() <= 256);
    assert!(size_of::<GalEntry<'_>>() <= 384);
}
