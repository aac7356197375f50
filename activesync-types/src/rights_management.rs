//! The `RightsManagement` namespace: what the reader of a protected message may do with it. 14.1 and later.

use std::borrow::Cow;

use wbxml::codepages::rightsmanagement;
use wbxml::{Decode, Encode, IntoOwned};

use crate::date_time::DateTime;

/// The rights that a template grants for one message. [MS-ASRM] 2.2.2.14
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = rightsmanagement, tag = RightsManagementLicense)]
pub struct RightsManagementLicense<'a> {
    /// When the licence ends; the year 9999 if it does not. [MS-ASRM] 2.2.2.1
    #[wbxml(ContentExpiryDate)]
    pub content_expiry_date: Option<DateTime>,
    /// The address of the message's author. [MS-ASRM] 2.2.2.2
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
    /// What the template is for, in the user's language. [MS-ASRM] 2.2.2.18
    #[wbxml(TemplateDescription)]
    pub template_description: Option<Cow<'a, str>>,
    /// The template's identifier. [MS-ASRM] 2.2.2.19
    #[wbxml(TemplateID)]
    pub template_id: Option<Cow<'a, str>>,
    /// The template's name, in the user's language. [MS-ASRM] 2.2.2.20
    #[wbxml(TemplateName)]
    pub template_name: Option<Cow<'a, str>>,
}
