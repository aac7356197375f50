//! The statuses of every command.

use wbxml::ProtocolVersion;

use super::{StatusAction, StatusInfo, StatusScope};

macro_rules! common_status {
    ($($code:literal $variant:ident $since:ident $http:tt $scope:ident $action:ident $meaning:literal,)*) => {
        /// A status of every command; since 14.0 (`[MS-ASCMD]` 2.2.2).
        ///
        /// Older versions say the same with an HTTP status: [`CommonStatus::http_status`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum CommonStatus {
            $(#[doc = concat!("Status ", $code, ": ", $meaning, ".")] $variant,)*
            /// A number without a documented meaning.
            Other(u16),
        }

        impl CommonStatus {
            /// The status of a number.
            pub const fn from_code(code: u16) -> Self {
                match Self::known(code) {
                    Some(status) => status,
                    None => Self::Other(code),
                }
            }

            /// The status of a number, if that has a documented meaning.
            pub const fn known(code: u16) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// All that is known of it.
            pub const fn info(self) -> StatusInfo {
                match self {
                    $(Self::$variant => StatusInfo {
                        code: $code,
                        meaning: $meaning,
                        scope: StatusScope::$scope,
                        action: StatusAction::$action,
                    },)*
                    Self::Other(code) => super::macros::undocumented(code),
                }
            }

            /// The first version that may carry it.
            pub const fn since(self) -> ProtocolVersion {
                match self {
                    $(Self::$variant => ProtocolVersion::$since,)*
                    Self::Other(_) => ProtocolVersion::V14_0,
                }
            }

            /// The HTTP status that says it before 14.0, where the specification names one. SendMail has 500
            /// for `InvalidIds`, Provision 500 for `SyncStateNotFound`, version 1.0 505 for
            /// `VersionNotSupported`; a device without a policy key gets 403 for `RemoteWipeRequested`.
            pub const fn http_status(self) -> Option<u16> {
                match self {
                    $(Self::$variant => common_status!(@http $http),)*
                    Self::Other(_) => None,
                }
            }

            /// All statuses with a documented meaning.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }
    };
    (@http -) => { None };
    (@http $http:literal) => { Some($http) };
}

common_status! {
    101 InvalidContent V14_0 400 Any FixRequest "the body of the request is missing or not what it is said to be",
    102 InvalidWbxml V14_0 - Any FixRequest "the body of the request is not WBXML",
    103 InvalidXml V14_0 400 Any FixRequest "the request breaks the rules of the protocol",
    104 InvalidDateTime V14_0 - Any FixRequest "a date or time is malformed",
    105 InvalidCombinationOfIds V14_0 - Any FixRequest "identifiers that exclude each other",
    106 InvalidIds V14_0 400 Any FixRequest "an identifier is malformed",
    107 InvalidMime V14_0 - Any FixRequest "the message is malformed",
    108 DeviceIdMissingOrInvalid V14_0 - Any FixRequest "the device identifier is missing or malformed",
    109 DeviceTypeMissingOrInvalid V14_0 - Any FixRequest "the device type is missing or malformed",
    110 ServerError V14_0 500 Any TellUser "a server error that repeating will not mend",
    111 ServerErrorRetryLater V14_0 503 Any Retry "a server error that may pass",
    112 ActiveDirectoryAccessDenied V14_0 403 Any TellUser "the server may not access its directory",
    113 MailboxQuotaExceeded V14_0 507 Any TellUser "the mailbox is full",
    114 MailboxServerOffline V14_0 - Any Retry "the mailbox server is offline",
    115 SendQuotaExceeded V14_0 - Any TellUser "the quota for sending is used up, or the message has too many recipients",
    116 MessageRecipientUnresolved V14_0 - Any TellUser "the address of a recipient cannot be resolved",
    117 MessageReplyNotAllowed V14_0 - Any TellUser "replies to this message are not allowed",
    118 MessagePreviouslySent V14_0 - Any DropItem "the message was sent already",
    119 MessageHasNoRecipient V14_0 - Any TellUser "the message has no recipient",
    120 MailSubmissionFailed V14_0 - Any Retry "the message could not be handed on",
    121 MessageReplyFailed V14_0 - Any TellUser "the reply could not be made",
    122 AttachmentIsTooLarge V14_0 - Any TellUser "an attachment is too large",
    123 UserHasNoMailbox V14_0 - Any TellUser "the user has no mailbox",
    124 UserCannotBeAnonymous V14_0 - Any AskCredentials "the request has no credentials",
    125 UserPrincipalCouldNotBeFound V14_0 403 Any TellUser "the directory does not have the user",
    126 UserDisabledForSync V14_0 403 Any TellUser "the user may not use ActiveSync",
    127 UserOnNewMailboxCannotSync V14_0 - Any TellUser "the server does not let users synchronize",
    128 UserOnLegacyMailboxCannotSync V14_0 - Any TellUser "the server does not let users of older servers synchronize",
    129 DeviceIsBlockedForThisUser V14_0 - Any TellUser "the user may not use this device",
    130 AccessDenied V14_0 - Any TellUser "the user may not do this",
    131 AccountDisabled V14_0 - Any TellUser "the account is disabled",
    132 SyncStateNotFound V14_0 403 Any Resync "the server lost the state of the client",
    133 SyncStateLocked V14_0 - Any Retry "the state of the client is locked, perhaps because the mailbox is being moved",
    134 SyncStateCorrupt V14_0 - Any Resync "the state of the client is damaged",
    135 SyncStateAlreadyExists V14_0 - Any Resync "the state of the client exists already",
    136 SyncStateVersionInvalid V14_0 - Any Resync "the state of the client is of another version",
    137 CommandNotSupported V14_0 501 Any FixRequest "the server does not have this command",
    138 VersionNotSupported V14_0 400 Any ChangeVersion "the command is not of this protocol version",
    139 DeviceNotFullyProvisionable V14_0 - Any ChangeVersion "the protocol version cannot carry all policies",
    140 RemoteWipeRequested V14_0 449 Any Provision "a wipe of the device is ordered",
    141 LegacyDeviceOnStrictPolicy V14_0 449 Any TellUser "a policy is in force that the device cannot have",
    142 DeviceNotProvisioned V14_0 449 Any Provision "the server requires a policy that this device does not have",
    143 PolicyRefresh V14_0 449 Any Provision "the policy is due for renewal",
    144 InvalidPolicyKey V14_0 449 Any Provision "the policy key is not the current one",
    145 ExternallyManagedDevicesNotAllowed V14_0 - Any TellUser "devices under other management are not allowed",
    146 NoRecurrenceInCalendar V14_0 - Any FixRequest "an occurrence of a meeting that does not recur",
    147 UnexpectedItemClass V14_0 400 Any FixRequest "the server does not know items of this class",
    148 RemoteServerHasNoSsl V14_0 - Any TellUser "the server that the request has to go to has no TLS",
    149 InvalidStoredRequest V14_0 - Any ResendFull "the earlier request cannot be repeated",
    150 ItemNotFound V14_0 - Any DropItem "the message to reply to or forward does not exist",
    151 TooManyFolders V14_0 - Any TellUser "the mailbox has too many folders",
    152 NoFoldersFound V14_0 - Any TellUser "the mailbox has no folders",
    153 ItemsLostAfterMove V14_0 - Any TellUser "moved items are missing at their destination",
    154 FailureInMoveOperation V14_0 - Any Retry "the mailbox server could not move the items",
    155 MoveCommandDisallowedForNonPersistentMoveAction V14_0 - Any FixRequest "a conversation can only be moved with `MoveAlways`",
    156 MoveCommandInvalidDestinationFolder V14_0 - Any FixRequest "a conversation cannot be moved to this folder",
    160 AvailabilityTooManyRecipients V14_0 - Any FixRequest "too many recipients to ask the availability of",
    161 AvailabilityDlLimitReached V14_0 - Any TellUser "the distribution list is too large to ask the availability of",
    162 AvailabilityTransientFailure V14_0 - Any Retry "the availability is not known now",
    163 AvailabilityFailure V14_0 - Any TellUser "the availability is not known",
    164 BodyPartPreferenceTypeNotSupported V14_1 - Any FixRequest "body parts do not come in this format",
    165 DeviceInformationRequired V14_1 - Any Provision "the request lacks the properties of the device",
    166 InvalidAccountId V14_1 - Any TellUser "there is no such account",
    167 AccountSendDisabled V14_1 - Any TellUser "the account cannot send",
    168 IrmFeatureDisabled V14_1 - Any TellUser "rights management is disabled",
    169 IrmTransientError V14_1 - Any Retry "rights management failed for now",
    170 IrmPermanentError V14_1 - Any TellUser "rights management failed",
    171 IrmInvalidTemplateId V14_1 - Any FixRequest "there is no such rights template",
    172 IrmOperationNotPermitted V14_1 - Any TellUser "rights management does not permit it",
    173 NoPicture V14_1 - Any Continue "the user has no picture",
    174 PictureTooLarge V14_1 - Any Continue "the picture is larger than asked for",
    175 PictureLimitReached V14_1 - Any Continue "more pictures than asked for",
    176 BodyPartConversationTooLarge V14_1 - Any FixRequest "the conversation is too large to find body parts: ask without",
    177 MaximumDevicesReached V14_1 - Any TellUser "the user has too many devices",
    178 InvalidMimeBodyCombination V16_0 - Any FixRequest "elements that `Forwardees` or `Body` exclude",
    179 InvalidSmartForwardParameters V16_0 - Any FixRequest "the `Forwardees` or the `Body` is malformed",
    183 InvalidRecipients V16_0 - Any TellUser "the draft has no recipient, or one without a valid address",
    184 OneOrMoreExceptionsFailed V16_0 - Item FixRequest "some exceptions of the series were not saved",
}

status_conversions!(CommonStatus);
