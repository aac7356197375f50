//! The `RightsManagement` namespace: what the reader of a protected message may do with it, and the templates that say
//! so. 14.1 and later. [MS-ASRM]

use core::fmt;
use core::str::FromStr;
use std::borrow::Cow;

use jiff::civil;
use wbxml::codepages::rightsmanagement;
use wbxml::{Decode, Encode, IntoOwned, Reader, Writer};

use crate::date_time::{DateTime, InvalidDateTime};

/// The rights that a template grants for one message. [MS-ASRM] 2.2.2.14
///
/// The specification requires every element of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = rightsmanagement, tag = RightsManagementLicense)]
pub struct RightsManagementLicense<'a> {
    /// When the licence ends. [MS-ASRM] 2.2.2.1
    #[wbxml(ContentExpiryDate)]
    pub content_expiry_date: Option<ContentExpiryDate>,
    /// The address of the message's author, at most 320 characters. [MS-ASRM] 2.2.2.2
    #[wbxml(ContentOwner)]
    pub content_owner: Option<Cow<'a, str>>,
    /// Whether the content may be changed. [MS-ASRM] 2.2.2.3
    #[wbxml(EditAllowed)]
    pub edit_allowed: Option<bool>,
    /// Whether the protection may be removed. [MS-ASRM] 2.2.2.4
    #[wbxml(ExportAllowed)]
    pub export_allowed: Option<bool>,
    /// Whether the content may be copied out of the message. [MS-ASRM] 2.2.2.5
    #[wbxml(ExtractAllowed)]
    pub extract_allowed: Option<bool>,
    /// Whether the message may be forwarded. [MS-ASRM] 2.2.2.6
    #[wbxml(ForwardAllowed)]
    pub forward_allowed: Option<bool>,
    /// Whether recipients may be changed on reply or forward. [MS-ASRM] 2.2.2.7
    #[wbxml(ModifyRecipientsAllowed)]
    pub modify_recipients_allowed: Option<bool>,
    /// Whether the user owns the content. [MS-ASRM] 2.2.2.8
    #[wbxml(Owner)]
    pub owner: Option<bool>,
    /// Whether the message may be printed. [MS-ASRM] 2.2.2.9
    #[wbxml(PrintAllowed)]
    pub print_allowed: Option<bool>,
    /// Whether programs may read the content. [MS-ASRM] 2.2.2.10
    #[wbxml(ProgrammaticAccessAllowed)]
    pub programmatic_access_allowed: Option<bool>,
    /// Whether all may be replied to. [MS-ASRM] 2.2.2.12
    #[wbxml(ReplyAllAllowed)]
    pub reply_all_allowed: Option<bool>,
    /// Whether the sender may be replied to. [MS-ASRM] 2.2.2.13
    #[wbxml(ReplyAllowed)]
    pub reply_allowed: Option<bool>,
    /// What the template is for, in the user's language, at most 10240 characters. [MS-ASRM] 2.2.2.18.1
    #[wbxml(TemplateDescription)]
    pub template_description: Option<Cow<'a, str>>,
    /// The template's identifier. [MS-ASRM] 2.2.2.19.1
    #[wbxml(TemplateID)]
    pub template_id: Option<Cow<'a, str>>,
    /// The template's name, in the user's language, at most 256 characters. [MS-ASRM] 2.2.2.20.1
    #[wbxml(TemplateName)]
    pub template_name: Option<Cow<'a, str>>,
}

/// When a licence ends: then what the message holds is to be deleted from the device. [MS-ASRM] 2.2.2.1
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum ContentExpiryDate {
    /// It does not. The wire has the last second of 30 December 9999 for it, which is later than any [`DateTime`].
    Never,
    /// Then.
    At(DateTime),
}

const NEVER: &str = "9999-12-30T23:59:59.999Z";

impl fmt::Display for ContentExpiryDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str(NEVER),
            Self::At(date) => date.fmt(f),
        }
    }
}

impl FromStr for ContentExpiryDate {
    type Err = InvalidDateTime;

    fn from_str(text: &str) -> Result<Self, InvalidDateTime> {
        let later_than_all = || {
            let local = text.trim().trim_end_matches(['Z', 'z']).parse::<civil::DateTime>();
            local.is_ok_and(|local| local.year() == 9999)
        };
        match text.parse() {
            Ok(date) => Ok(Self::At(date)),
            Err(_) if later_than_all() => Ok(Self::Never),
            Err(fault) => Err(fault),
        }
    }
}

impl<'de> Decode<'de> for ContentExpiryDate {
    fn decode(reader: &mut Reader<'de>) -> wbxml::Result<Self> {
        reader.parse_text("a date like 2024-02-29T07:08:09.000Z")
    }

    fn decode_optional(reader: &mut Reader<'de>) -> wbxml::Result<Option<Self>> {
        reader.unless_empty()
    }
}

impl Encode for ContentExpiryDate {
    fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        writer.display(self)
    }
}

/// A template whose rights a user can give to a message; Settings answers with at most 20. [MS-ASRM] 2.2.2.16
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = rightsmanagement, tag = RightsManagementTemplate)]
pub struct RightsManagementTemplate<'a> {
    /// Identifier, by which SendMail, SmartForward and SmartReply name it. [MS-ASRM] 2.2.2.19.2
    #[wbxml(TemplateID)]
    pub template_id: Cow<'a, str>,
    /// Name, in the user's language, 1 to 256 characters. [MS-ASRM] 2.2.2.20.2
    #[wbxml(TemplateName)]
    pub template_name: Cow<'a, str>,
    /// What it is for, in the user's language, 1 to 10240 characters. [MS-ASRM] 2.2.2.18.2
    #[wbxml(TemplateDescription)]
    pub template_description: Cow<'a, str>,
}

impl RightsManagementTemplate<'_> {
    /// The identifier of the template that takes the protection away. [MS-ASRM] 2.2.2.4
    pub const NO_RESTRICTION: &'static str = "00000000-0000-0000-0000-000000000000";
}
