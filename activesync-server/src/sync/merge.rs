//! What a `Change` leaves out (`[MS-ASCMD]` 2.2.3.24 and 2.2.3.179).
//!
//! An element that the client manages and leaves out is deleted. It stays if it is ghosted, if the client's version does
//! not have it, and in some cases always: bodies, pictures, exceptions.

use activesync_types::calendar::Calendar;
use activesync_types::contacts::Contact;
use wbxml::codepages::{airsync, airsyncbase, calendar, contacts};
use wbxml::{AnyElement, Decode, Encode, IntoOwned, ProtocolVersion, Tag};

/// What the client manages.
pub(super) struct Managed<'m> {
    pub(super) version: ProtocolVersion,
    /// The tags in its `Supported`, if it sent one.
    pub(super) supported: Option<&'m [u16]>,
}

/// The contact that a client means by a change.
pub(super) fn contact(
    old: &Contact<'_>,
    mut new: Contact<'static>,
    managed: &Managed<'_>,
) -> wbxml::Result<Contact<'static>> {
    // iOS sends an empty picture with edits that have nothing to do with it.
    new.picture = new.picture.filter(|picture| !picture.is_empty());
    let merged = merge(old, &new, |tag| managed.keeps_of_contact(tag))?;
    merged.decode::<Contact<'_>>().map(IntoOwned::into_owned)
}

/// The event that a client means by a change.
pub(super) fn event(
    old: &Calendar<'_>,
    new: &Calendar<'static>,
    managed: &Managed<'_>,
) -> wbxml::Result<Calendar<'static>> {
    let merged = merge(old, new, |tag| managed.keeps_of_event(tag))?;
    let mut event = merged.decode::<Calendar<'_>>()?.into_owned();
    // An exception that is not named stays; one that is replaces what was said of that occurrence.
    if let (Some(said), Some(known)) = (&mut event.exceptions, &old.exceptions) {
        let unnamed = known.iter().filter(|known| {
            !new.exceptions
                .iter()
                .flatten()
                .any(|exception| exception.original_start() == known.original_start())
        });
        let unnamed: Vec<_> = unnamed.cloned().map(IntoOwned::into_owned).collect();
        if new.exceptions.is_some() {
            said.extend(unnamed);
        }
    }
    Ok(event)
}

impl Managed<'_> {
    fn keeps_of_contact(&self, tag: Tag) -> bool {
        group(tag) == BODIES || tag == contacts::Picture || self.is_unknown(tag) || self.is_ghosted(tag)
    }

    fn keeps_of_event(&self, tag: Tag) -> bool {
        let always = group(tag) == BODIES || tag == calendar::Exceptions;
        // All properties of events are ghosted from 16.0 on.
        always || self.version >= ProtocolVersion::V16_0 || self.is_unknown(tag) || self.is_ghosted(tag)
    }

    /// The client cannot leave out what its version does not have.
    fn is_unknown(&self, tag: Tag) -> bool {
        // A tag that was read says nothing of its versions; the tables do.
        let versions =
            |tag: Tag| wbxml::ACTIVESYNC.tag(tag).map_or(tag.versions(), |(_, info)| info.tag.versions());
        let is_known = |tag: &Tag| versions(*tag).contains(self.version);
        !is_known(&tag) && !group(tag).iter().any(is_known)
    }

    fn is_ghosted(&self, tag: Tag) -> bool {
        self.supported.is_some_and(|supported| !supported.contains(&tag.id()))
    }
}

const BODIES: &[Tag] = &[airsyncbase::Body, contacts::Body, calendar::Body];
const PLACES: &[Tag] = &[airsyncbase::Location, calendar::Location];
const RICH_BODIES: &[Tag] =
    &[airsyncbase::Body, contacts::Body, calendar::Body, contacts::CompressedRTF, calendar::CompressedRTF];

/// The elements that take the place of an element, in whatever version: any of them makes it obsolete.
fn group(tag: Tag) -> &'static [Tag] {
    [BODIES, PLACES, RICH_BODIES].into_iter().find(|group| group.contains(&tag)).unwrap_or_default()
}

#[derive(Decode, Encode)]
#[wbxml(page = airsync, tag = ApplicationData)]
struct Elements<'a> {
    #[wbxml(any)]
    all: Vec<AnyElement<'a>>,
}

/// All elements of the new value, and those of the old that it leaves out and that stay.
fn merge<T: Encode>(
    old: &T,
    new: &impl Encode,
    stays: impl Fn(Tag) -> bool,
) -> wbxml::Result<AnyElement<'static>> {
    let old = AnyElement::from_value(airsync::ApplicationData, old, None)?;
    let new = AnyElement::from_value(airsync::ApplicationData, new, None)?;
    let (old, new): (Elements<'_>, Elements<'_>) = (old.decode()?, new.decode()?);
    let said: Vec<Tag> = new.all.iter().map(AnyElement::tag).collect();
    let obsolete = |tag: Tag| said.contains(&tag) || group(tag).iter().any(|other| said.contains(other));
    let left_out = old.all.into_iter().filter(|element| !obsolete(element.tag()) && stays(element.tag()));
    let mut all = new.all;
    all.extend(left_out);
    AnyElement::from_value(airsync::ApplicationData, &Elements { all }, None)
}
