//! The policies themselves.

use std::borrow::Cow;

use wbxml::codepages::provision;
use wbxml::{Decode, Encode, ErrorKind, Event, IntoOwned, OrEmpty, Reader, Writer};

use crate::sync::FilterType;

/// The content of a policy (`[MS-ASPROV]` 2.2.2.24).
#[derive(Clone, Debug, PartialEq, Eq, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum PolicyData<'a> {
    /// 2.5: a `wap-provisioningdoc`, which is XML text (`[MS-ASPROV]` 2.2.2.24.2).
    Wap(Cow<'a, str>),
    /// From 12.0 on (`[MS-ASPROV]` 2.2.2.24.1).
    Eas(Box<EasProvisionDoc<'a>>),
}

impl<'de> Decode<'de> for PolicyData<'de> {
    fn decode(reader: &mut Reader<'de>) -> wbxml::Result<Self> {
        let mut text = Cow::Borrowed("");
        let mut document = None;
        loop {
            match reader.next()? {
                Some(Event::Start { tag, .. }) if tag == provision::EASProvisionDoc => {
                    document = Some(EasProvisionDoc::decode(reader)?);
                }
                Some(Event::Start { tag, .. }) => reader.unknown(tag)?,
                Some(Event::Literal { .. }) => reader.skip()?,
                Some(Event::Text(piece)) if text.is_empty() => text = piece,
                Some(Event::Text(piece)) => text.to_mut().push_str(&piece),
                // What could not be written again is not let in.
                Some(Event::Entity('\0')) => return Err(reader.error(ErrorKind::NulInText)),
                Some(Event::Opaque(bytes)) if bytes.contains(&0) => {
                    return Err(reader.error(ErrorKind::NulInText));
                }
                Some(Event::Entity(character)) => text.to_mut().push(character),
                Some(Event::Opaque(bytes)) => match std::str::from_utf8(bytes) {
                    Ok(piece) => text.to_mut().push_str(piece),
                    Err(_) => return Err(reader.invalid("XML text", "other bytes")),
                },
                Some(Event::End) | None => break,
                Some(_) => {}
            }
        }
        Ok(document.map_or(Self::Wap(text), Self::from))
    }
}

impl Encode for PolicyData<'_> {
    fn encode(&self, writer: &mut Writer<'_>) -> wbxml::Result<()> {
        match self {
            Self::Wap(text) => writer.text(text),
            Self::Eas(document) => writer.element(provision::EASProvisionDoc, &**document),
        }
    }
}

impl<'a> From<EasProvisionDoc<'a>> for PolicyData<'a> {
    fn from(document: EasProvisionDoc<'a>) -> Self {
        Self::Eas(Box::new(document))
    }
}

/// The security settings of a device; since 12.0 (`[MS-ASPROV]` 2.2.2.28).
///
/// A setting that is absent is not restricted. Those of the password mean nothing unless
/// `device_password_enabled` is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = provision, tag = EASProvisionDoc)]
pub struct EasProvisionDoc<'a> {
    /// A password is required. `[MS-ASPROV]` 2.2.2.25.
    #[wbxml(DevicePasswordEnabled)]
    pub device_password_enabled: Option<bool>,
    /// The password must hold letters and digits; absent means no. `[MS-ASPROV]` 2.2.2.20.
    #[wbxml(AlphanumericDevicePasswordRequired)]
    pub alphanumeric_device_password_required: Option<bool>,
    /// The server keeps a recovery password for the device; absent means no. `[MS-ASPROV]` 2.2.2.39.
    #[wbxml(PasswordRecoveryEnabled)]
    pub password_recovery_enabled: Option<bool>,
    /// The storage card must be encrypted; since 12.1. `[MS-ASPROV]` 2.2.2.52.
    #[wbxml(RequireStorageCardEncryption)]
    pub require_storage_card_encryption: Option<bool>,
    /// Documents of a share may be opened. A name that left the specification.
    #[wbxml(DocumentBrowseEnabled)]
    pub document_browse_enabled: Option<bool>,
    /// Attachments may be downloaded. `[MS-ASPROV]` 2.2.2.23.
    #[wbxml(AttachmentsEnabled)]
    pub attachments_enabled: Option<bool>,
    /// The least characters of the password: 1 to 16. Empty or 1 means no minimum. `[MS-ASPROV]` 2.2.2.38.
    #[wbxml(MinDevicePasswordLength)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub min_device_password_length: Option<OrEmpty<u8>>,
    /// The most seconds without use before the device locks. Empty or absent means no limit, as does 9999 and
    /// more. `[MS-ASPROV]` 2.2.2.36.
    #[wbxml(MaxInactivityTimeDeviceLock)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub max_inactivity_time_device_lock: Option<OrEmpty<u32>>,
    /// The most wrong passwords before the device is wiped or locked: 4 to 16. Empty or absent means no limit.
    /// `[MS-ASPROV]` 2.2.2.32.
    #[wbxml(MaxDevicePasswordFailedAttempts)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub max_device_password_failed_attempts: Option<OrEmpty<u8>>,
    /// The most bytes of an attachment. Empty means no limit. `[MS-ASPROV]` 2.2.2.30.
    #[wbxml(MaxAttachmentSize)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub max_attachment_size: Option<OrEmpty<u32>>,
    /// Passwords such as "2222" and "abcd" are allowed; absent means yes. `[MS-ASPROV]` 2.2.2.12.
    #[wbxml(AllowSimpleDevicePassword)]
    pub allow_simple_device_password: Option<bool>,
    /// The days after which a password has to be changed. 0, empty or absent means never.
    /// `[MS-ASPROV]` 2.2.2.26.
    #[wbxml(DevicePasswordExpiration)]
    #[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::or_empty))]
    pub device_password_expiration: Option<OrEmpty<u32>>,
    /// How many old passwords are remembered, and refused; absent means 0. `[MS-ASPROV]` 2.2.2.27.
    #[wbxml(DevicePasswordHistory)]
    pub device_password_history: Option<u32>,
    /// The storage card may be used; since 12.1. `[MS-ASPROV]` 2.2.2.15.
    #[wbxml(AllowStorageCard)]
    pub allow_storage_card: Option<bool>,
    /// The camera may be used; since 12.1. `[MS-ASPROV]` 2.2.2.4.
    #[wbxml(AllowCamera)]
    pub allow_camera: Option<bool>,
    /// The device must be encrypted; since 12.1. `[MS-ASPROV]` 2.2.2.46.
    #[wbxml(RequireDeviceEncryption)]
    pub require_device_encryption: Option<bool>,
    /// Unsigned applications may run; since 12.1. `[MS-ASPROV]` 2.2.2.17.
    #[wbxml(AllowUnsignedApplications)]
    pub allow_unsigned_applications: Option<bool>,
    /// Unsigned packages may be installed; since 12.1. `[MS-ASPROV]` 2.2.2.18.
    #[wbxml(AllowUnsignedInstallationPackages)]
    pub allow_unsigned_installation_packages: Option<bool>,
    /// How many of the four groups (lower case, upper case, digits, others) a password must have characters
    /// of: 1 to 4; since 12.1. `[MS-ASPROV]` 2.2.2.37.
    #[wbxml(MinDevicePasswordComplexCharacters)]
    pub min_device_password_complex_characters: Option<u8>,
    /// Wi-Fi may be used; since 12.1. `[MS-ASPROV]` 2.2.2.19.
    #[wbxml(AllowWiFi)]
    pub allow_wifi: Option<bool>,
    /// SMS may be used; since 12.1. `[MS-ASPROV]` 2.2.2.16.
    #[wbxml(AllowTextMessaging)]
    pub allow_text_messaging: Option<bool>,
    /// POP and IMAP accounts may be used; since 12.1. `[MS-ASPROV]` 2.2.2.10.
    #[wbxml(AllowPOPIMAPEmail)]
    pub allow_pop_imap_email: Option<bool>,
    /// What Bluetooth may be used for; since 12.1. `[MS-ASPROV]` 2.2.2.2.
    #[wbxml(AllowBluetooth)]
    pub allow_bluetooth: Option<AllowBluetooth>,
    /// Infrared connections may be used; since 12.1. `[MS-ASPROV]` 2.2.2.9.
    #[wbxml(AllowIrDA)]
    pub allow_irda: Option<bool>,
    /// In another operator's network only the user may start a synchronization; since 12.1.
    /// `[MS-ASPROV]` 2.2.2.49.
    #[wbxml(RequireManualSyncWhenRoaming)]
    pub require_manual_sync_when_roaming: Option<bool>,
    /// The device may synchronize with a desktop computer; since 12.1. `[MS-ASPROV]` 2.2.2.6.
    #[wbxml(AllowDesktopSync)]
    pub allow_desktop_sync: Option<bool>,
    /// The widest filter for calendars: `All`, or `TwoWeeks` to `SixMonths`; since 12.1.
    /// `[MS-ASPROV]` 2.2.2.31.
    #[wbxml(MaxCalendarAgeFilter)]
    pub max_calendar_age_filter: Option<FilterType>,
    /// Mail may be in HTML; since 12.1. `[MS-ASPROV]` 2.2.2.7.
    #[wbxml(AllowHTMLEmail)]
    pub allow_html_email: Option<bool>,
    /// The widest filter for mail: `All` to `OneMonth`; since 12.1. `[MS-ASPROV]` 2.2.2.33.
    #[wbxml(MaxEmailAgeFilter)]
    pub max_email_age_filter: Option<FilterType>,
    /// Where plain bodies are cut: -1 nowhere, 0 only the header is left; since 12.1.
    /// `[MS-ASPROV]` 2.2.2.34.
    #[wbxml(MaxEmailBodyTruncationSize)]
    pub max_email_body_truncation_size: Option<i32>,
    /// Where HTML bodies are cut: -1 nowhere, 0 only the header is left; since 12.1.
    /// `[MS-ASPROV]` 2.2.2.35.
    #[wbxml(MaxEmailHTMLBodyTruncationSize)]
    pub max_email_html_body_truncation_size: Option<i32>,
    /// Mail must be signed; since 12.1. `[MS-ASPROV]` 2.2.2.51.
    #[wbxml(RequireSignedSMIMEMessages)]
    pub require_signed_smime_messages: Option<bool>,
    /// Mail must be encrypted; since 12.1. `[MS-ASPROV]` 2.2.2.47.
    #[wbxml(RequireEncryptedSMIMEMessages)]
    pub require_encrypted_smime_messages: Option<bool>,
    /// The algorithm to sign with; since 12.1. `[MS-ASPROV]` 2.2.2.50.
    #[wbxml(RequireSignedSMIMEAlgorithm)]
    pub require_signed_smime_algorithm: Option<SignatureAlgorithm>,
    /// The algorithm to encrypt with; since 12.1. `[MS-ASPROV]` 2.2.2.48.
    #[wbxml(RequireEncryptionSMIMEAlgorithm)]
    pub require_encryption_smime_algorithm: Option<EncryptionAlgorithm>,
    /// Whether another algorithm may be agreed on; since 12.1. `[MS-ASPROV]` 2.2.2.13.
    #[wbxml(AllowSMIMEEncryptionAlgorithmNegotiation)]
    pub allow_smime_encryption_algorithm_negotiation: Option<EncryptionNegotiation>,
    /// Certificates in software may sign; since 12.1. `[MS-ASPROV]` 2.2.2.14.
    #[wbxml(AllowSMIMESoftCerts)]
    pub allow_smime_soft_certs: Option<bool>,
    /// A web browser may be used; since 12.1. `[MS-ASPROV]` 2.2.2.3.
    #[wbxml(AllowBrowser)]
    pub allow_browser: Option<bool>,
    /// A personal mail account may be used; since 12.1. `[MS-ASPROV]` 2.2.2.5.
    #[wbxml(AllowConsumerEmail)]
    pub allow_consumer_email: Option<bool>,
    /// Remote Desktop may be used; since 12.1. `[MS-ASPROV]` 2.2.2.11.
    #[wbxml(AllowRemoteDesktop)]
    pub allow_remote_desktop: Option<bool>,
    /// The device may share its connection; since 12.1. `[MS-ASPROV]` 2.2.2.8.
    #[wbxml(AllowInternetSharing)]
    pub allow_internet_sharing: Option<bool>,
    /// Names of applications in ROM that must not run; since 12.1. `[MS-ASPROV]` 2.2.2.55.
    #[wbxml(UnapprovedInROMApplicationList, list = ApplicationName)]
    pub unapproved_in_rom_application_list: Option<Vec<Cow<'a, str>>>,
    /// SHA-1 hashes of the applications in memory that may run, and no others; since 12.1.
    /// `[MS-ASPROV]` 2.2.2.22.
    #[wbxml(ApprovedApplicationList, list = Hash)]
    pub approved_application_list: Option<Vec<Cow<'a, str>>>,
}

/// What Bluetooth may be used for (`[MS-ASPROV]` 2.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum AllowBluetooth {
    /// Nothing.
    #[wbxml(0)]
    Disable,
    /// Hands-free devices.
    #[wbxml(1)]
    HandsFree,
    /// Anything.
    #[wbxml(2)]
    Allow,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}

/// The algorithm to sign mail with (`[MS-ASPROV]` 2.2.2.50).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum SignatureAlgorithm {
    /// SHA-1.
    #[wbxml(0)]
    Sha1,
    /// MD5.
    #[wbxml(1)]
    Md5,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}

/// The algorithm to encrypt mail with (`[MS-ASPROV]` 2.2.2.48).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum EncryptionAlgorithm {
    /// Triple DES.
    #[wbxml(0)]
    TripleDes,
    /// DES.
    #[wbxml(1)]
    Des,
    /// RC2, 128 bits.
    #[wbxml(2)]
    Rc2_128,
    /// RC2, 64 bits.
    #[wbxml(3)]
    Rc2_64,
    /// RC2, 40 bits.
    #[wbxml(4)]
    Rc2_40,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}

/// Whether another algorithm than the required one may be agreed on (`[MS-ASPROV]` 2.2.2.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(value)]
pub enum EncryptionNegotiation {
    /// No.
    #[wbxml(0)]
    Never,
    /// A strong one.
    #[wbxml(1)]
    Strong,
    /// Any.
    #[wbxml(2)]
    Any,
    /// A value that the specification does not have.
    #[wbxml(other)]
    Other(#[cfg_attr(feature = "arbitrary", arbitrary(with = crate::arbitrary_support::unknown_number))] u32),
}
