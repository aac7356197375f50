//! What devices heard, held against the schemas.

use wbxml::ProtocolVersion;

use crate::device::Heard;
use crate::support::xml::xmllint_all;

/// Fails with every answer that is not as the schemas want it.
#[track_caller]
pub(crate) fn validate(heard: Vec<Heard>) {
    let answers: Vec<_> = heard
        .into_iter()
        .map(|Heard { command, version, document }| {
            let xml =
                wbxml::xml::to_xml(&document).unwrap_or_else(|fault| panic!("{version} {command}: {fault}"));
            (version, command, within_limits(version, &xml))
        })
        .collect();
    let named: Vec<_> = answers
        .iter()
        .enumerate()
        .map(|(number, (version, command, xml))| (format!("{version} {command} #{number}"), xml.clone()))
        .collect();
    let faults = xmllint_all(&named);
    let first =
        named.iter().find(|(name, _)| faults.first().is_some_and(|fault| fault.starts_with(name.as_str())));
    assert!(
        faults.is_empty(),
        "{} faults in {} answers:\n{}\nThe first of them:\n{}",
        faults.len(),
        named.len(),
        faults.join("\n"),
        first.map(|(_, xml)| xml.as_str()).unwrap_or_default(),
    );
    eprintln!("{} answers are valid", named.len());
}

/// Takes out what belongs into old versions and what the schemas, which are of new ones, do not know there; the rest is
/// validated.
fn within_limits(version: ProtocolVersion, xml: &str) -> String {
    let mut xml = xml.to_owned();
    if version <= ProtocolVersion::V12_1 {
        // `[MS-ASCMD]` 2.2.3.27.6.
        xml = each(&xml, "<Collection>", "<SyncKey>", |head| without(head, "Class"));
    }
    if version <= ProtocolVersion::V2_5 {
        // The identifier of a picture in a message, the body of one occurrence, and policies as text.
        xml = each(&xml, "<Attachment>", "</Attachment>", |attachment| without(attachment, "AttOid"));
        xml = each(&xml, "<Exception>", "</Exception>", |exception| {
            without(&without(exception, "Body"), "BodyTruncated")
        });
        xml =
            each(&xml, "<PolicyType>MS-WAP-Provisioning-XML", "</Policy>", |policy| without(policy, "Data"));
    }
    xml
}

/// Changes every part of the text that begins and ends so.
fn each(text: &str, begin: &str, end: &str, change: impl Fn(&str) -> String) -> String {
    let mut parts = text.split(begin);
    let mut changed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (inside, outside) = part.split_at(part.find(end).unwrap_or(part.len()));
        changed.extend([begin, change(inside).as_str(), outside]);
    }
    changed
}

fn without(xml: &str, element: &str) -> String {
    let (begin, end) = (format!("<{element}>"), format!("</{element}>"));
    each(xml, &begin, &end, |_| String::new()).replace(&format!("{begin}{end}"), "")
}
