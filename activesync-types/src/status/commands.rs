//! The statuses of each command.

use super::{CommonStatus, StatusAction, StatusInfo, StatusScope};

status! {
    /// Of Sync: a request, a collection, or one command of it (`[MS-ASCMD]` 2.2.3.177.17).
    SyncStatus common {
        1 Success Global Continue "success",
        3 InvalidSyncKey Global Resync "the synchronization key is not one that the server knows",
        4 ProtocolError Any FixRequest "the request breaks the rules of the protocol",
        5 ServerError Global Retry "a server error, often a passing one",
        6 ConversionError Item DropItem "the item is malformed",
        7 Conflict Item DropItem "the server's version of the item replaced the client's",
        8 ObjectNotFound Item Sync "the server does not have the item any more",
        9 CannotComplete Item TellUser "the server cannot do it, perhaps because the mailbox is full",
        12 HierarchyChanged Global FolderSync "the folder hierarchy has changed",
        13 IncompleteRequest Item ResendFull "the server has no earlier request to complete this one with",
        14 WaitOutOfRange Item ObserveLimit "the wait or heartbeat interval is out of range",
        15 TooManyCollections Item ObserveLimit "the request has too many collections",
        16 Retry Global Retry "the server asks to repeat the request",
    }
}

status! {
    /// Of FolderSync (`[MS-ASCMD]` 2.2.3.177.5).
    FolderSyncStatus common {
        1 Success Global Continue "success",
        6 ServerError Global Retry "a server error",
        9 InvalidSyncKey Global FolderResync "the synchronization key is not one that the server knows",
        10 MalformedRequest Global FixRequest "the request is malformed",
        11 UnknownError Global Retry "an unknown error",
        12 UnknownCode Global TellUser "an unknown error code",
    }
}

status! {
    /// Of FolderCreate (`[MS-ASCMD]` 2.2.3.177.3).
    FolderCreateStatus common {
        1 Success Global Continue "success",
        2 NameExists Item TellUser "there is a folder of that name already",
        3 SystemFolder Item TellUser "the parent is a special folder that can have none inside",
        5 ParentNotFound Item FolderSync "the parent folder does not exist",
        6 ServerError Global Retry "a server error",
        9 InvalidSyncKey Global FolderResync "the synchronization key is not one that the server knows",
        10 MalformedRequest Global FixRequest "the request is malformed",
        11 UnknownError Global TellUser "an unknown error",
        12 UnknownCode Global TellUser "an unknown error code",
    }
}

status! {
    /// Of FolderDelete (`[MS-ASCMD]` 2.2.3.177.4).
    FolderDeleteStatus common {
        1 Success Global Continue "success",
        3 SystemFolder Item TellUser "a special folder cannot be deleted",
        4 NotFound Item FolderSync "the folder does not exist",
        6 ServerError Global Retry "a server error",
        9 InvalidSyncKey Global FolderResync "the synchronization key is not one that the server knows",
        10 MalformedRequest Global FixRequest "the request is malformed",
        11 UnknownError Global TellUser "an unknown error",
    }
}

status! {
    /// Of FolderUpdate (`[MS-ASCMD]` 2.2.3.177.6).
    FolderUpdateStatus common {
        1 Success Global Continue "success",
        2 NameExists Item TellUser "there is a folder of that name already, or the folder is a special one",
        3 SystemFolder Item TellUser "the recipient information cache cannot be changed",
        4 NotFound Item FolderSync "the folder does not exist",
        5 ParentNotFound Item FolderSync "the parent folder does not exist",
        6 ServerError Global Retry "a server error",
        9 InvalidSyncKey Global FolderResync "the synchronization key is not one that the server knows",
        10 MalformedRequest Global FixRequest "the request is malformed",
        11 UnknownError Global TellUser "an unknown error",
    }
}

status! {
    /// Of GetItemEstimate (`[MS-ASCMD]` 2.2.3.177.7).
    GetItemEstimateStatus common {
        1 Success Global Continue "success",
        2 InvalidCollection Item FolderSync "the collection does not exist, or its identifier is malformed",
        3 NotPrimed Item Resync "the collection was not synchronized with key 0 yet",
        4 InvalidSyncKey Global Resync "the synchronization key is not one that the server knows",
    }
}

status! {
    /// Of MoveItems (`[MS-ASCMD]` 2.2.3.177.10). Success is 3.
    MoveItemsStatus common {
        1 InvalidSource Item FolderSync "the source folder or the item does not exist",
        2 InvalidDestination Item FolderSync "the destination folder does not exist",
        3 Success Global Continue "success",
        4 SameFolder Item FixRequest "source and destination are the same folder",
        5 Failure Global TellUser "the item cannot be moved there, or to several places at once",
        7 Locked Item Retry "the source or the destination is locked",
    }
}

status! {
    /// Of Ping (`[MS-ASCMD]` 2.2.3.177.11).
    PingStatus common {
        1 NoChanges Global Continue "the interval ended without a change",
        2 Changes Global Sync "there are changes in the folders that the answer names",
        3 MissingParameters Global ResendFull "the request lacks what the server has not kept either",
        4 SyntaxError Global FixRequest "the request is malformed",
        5 HeartbeatOutOfRange Global ObserveLimit "the heartbeat interval is out of range",
        6 TooManyFolders Global ObserveLimit "more folders than the server watches",
        7 FolderSyncRequired Global FolderSync "the folder hierarchy has changed",
        8 ServerError Global Retry "a server error",
    }
}

status! {
    /// Of Provision as a whole (`[MS-ASPROV]` 2.2.2.54.2).
    ProvisionStatus common {
        1 Success Global Continue "success",
        2 ProtocolError Global FixRequest "the request breaks the rules of the protocol",
        3 ServerError Global Retry "a server error",
    }
}

status! {
    /// Of one policy, in an answer to Provision (`[MS-ASPROV]` 2.2.2.54.1).
    PolicyStatus common {
        1 Success Policy Continue "success",
        2 NoPolicy Policy Continue "there is no policy for this client",
        3 UnknownPolicyType Policy FixRequest "the server does not know this policy type",
        4 Corrupted Policy TellUser "the policy on the server is damaged",
        5 WrongPolicyKey Policy Provision "the client acknowledged another policy than the one that it was sent",
    }
}

status! {
    /// What became of a policy on the device, in a request of Provision (`[MS-ASPROV]` 2.2.2.54.1).
    PolicyAcknowledgement {
        1 Success Policy Continue "the policy is in force",
        2 Partial Policy Continue "the policy is partly in force, the password at least",
        3 NotApplied Policy Continue "the policy is not in force",
        4 ThirdParty Policy Continue "the device is managed by a third party",
    }
}

status! {
    /// What became of a wipe, in a request of Provision (`[MS-ASPROV]` 2.2.2.54.3).
    RemoteWipeStatus {
        1 Success Item Continue "the wipe succeeded",
        2 Failure Item Continue "the wipe failed",
    }
}

status! {
    /// Of SendMail (`[MS-ASCMD]` 2.2.3.177.14). A server tells success by an empty body instead.
    SendMailStatus common {
        1 Success Global Continue "success",
    }
}

status! {
    /// Of ItemOperations: the request or one operation (`[MS-ASCMD]` 2.2.3.177.8).
    ItemOperationsStatus common {
        1 Success Global Continue "success",
        2 ProtocolError Any FixRequest "the request breaks the rules of the protocol",
        3 ServerError Global Retry "a server error",
        4 BadUri Global FixRequest "the address of the document is malformed",
        5 DocumentAccessDenied Global TellUser "access to the document is denied",
        6 NotFound Any DropItem "the object does not exist, or access to it is denied",
        7 CannotConnect Global Retry "the server of the document cannot be reached",
        8 InvalidRange Item FixRequest "the range is not within the item, or too large",
        9 UnknownStore Global FixRequest "the server does not have this store",
        10 EmptyFile Item DropItem "the file is empty",
        11 TooLarge Item TellUser "the data is larger than the server sends",
        12 InputOutputError Global Retry "the download failed",
        14 ConversionFailed Item DropItem "the item could not be converted",
        15 InvalidAttachment Item DropItem "the attachment does not exist, or its identifier is malformed",
        16 AccessDenied Item TellUser "access is denied",
        17 PartialSuccess Item TellUser "only a part of it was done",
        18 CredentialsRequired Global AskCredentials "the document needs a user name and a password",
    }
}

status! {
    /// Of the device's properties, in Provision and Settings (`[MS-ASCMD]` 2.2.3.177.15).
    DeviceInformationStatus common {
        1 Success Item Continue "success",
        2 ProtocolError Item FixRequest "the request breaks the rules of the protocol",
        5 InvalidArguments Item FixRequest "a value is malformed",
        6 ConflictingArguments Item FixRequest "values contradict each other",
    }
}

macro_rules! is_success {
    ($($name:ident: $($variant:ident)|+,)*) => {$(
        impl $name {
            /// Whether it worked.
            pub const fn is_success(self) -> bool {
                matches!(self, $(Self::$variant)|+)
            }
        }
    )*};
}

is_success! {
    SyncStatus: Success,
    FolderSyncStatus: Success,
    FolderCreateStatus: Success,
    FolderDeleteStatus: Success,
    FolderUpdateStatus: Success,
    GetItemEstimateStatus: Success,
    MoveItemsStatus: Success,
    PingStatus: NoChanges | Changes,
    ProvisionStatus: Success,
    PolicyStatus: Success,
    PolicyAcknowledgement: Success | Partial | ThirdParty,
    RemoteWipeStatus: Success,
    SendMailStatus: Success,
    ItemOperationsStatus: Success,
    DeviceInformationStatus: Success,
}
