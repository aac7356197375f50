//! MoveItems: items from one folder to another (`[MS-ASCMD]` 2.2.1.12).

use wbxml::codepages::r#move;
use wbxml::{Decode, Encode, IntoOwned};

use crate::status::MoveItemsStatus;
use crate::{CollectionId, ServerId};

/// Moves items (`[MS-ASCMD]` 2.2.3.119).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = r#move, tag = MoveItems)]
pub struct MoveItemsRequest<'a> {
    /// The moves: at least one. `[MS-ASCMD]` 2.2.3.117.2.
    #[wbxml(Move)]
    pub moves: Vec<Move<'a>>,
}

/// One item to move (`[MS-ASCMD]` 2.2.3.117.2).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = r#move, tag = Move)]
pub struct Move<'a> {
    /// The item. `[MS-ASCMD]` 2.2.3.175.
    #[wbxml(SrcMsgId)]
    pub src_msg_id: ServerId<'a>,
    /// The folder that it is in. `[MS-ASCMD]` 2.2.3.174.
    #[wbxml(SrcFldId)]
    pub src_fld_id: CollectionId<'a>,
    /// The folder that it shall be in. `[MS-ASCMD]` 2.2.3.51.2.
    #[wbxml(DstFldId)]
    pub dst_fld_id: CollectionId<'a>,
}

impl<'a> Move<'a> {
    /// An item, where it is, and where it shall be.
    pub fn new(
        item: impl Into<ServerId<'a>>,
        from: impl Into<CollectionId<'a>>,
        to: impl Into<CollectionId<'a>>,
    ) -> Self {
        Self { src_msg_id: item.into(), src_fld_id: from.into(), dst_fld_id: to.into() }
    }
}

/// What became of the moves (`[MS-ASCMD]` 2.2.3.119).
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = r#move, tag = MoveItems)]
pub struct MoveItemsResponse<'a> {
    /// Set when the whole request failed; a common status.
    #[wbxml(Status)]
    pub status: Option<MoveItemsStatus>,
    /// One for each move. `[MS-ASCMD]` 2.2.3.153.5.
    #[wbxml(Response)]
    pub responses: Vec<MoveResponse<'a>>,
}

/// What became of one move (`[MS-ASCMD]` 2.2.3.153.5).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, IntoOwned)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[wbxml(page = r#move, tag = Response)]
pub struct MoveResponse<'a> {
    /// The item, as the request named it. `[MS-ASCMD]` 2.2.3.175.
    #[wbxml(SrcMsgId)]
    pub src_msg_id: ServerId<'a>,
    /// Whether it worked; success is 3 here. `[MS-ASCMD]` 2.2.3.177.10.
    #[wbxml(Status)]
    pub status: MoveItemsStatus,
    /// The identifier that the item has now, if it worked. `[MS-ASCMD]` 2.2.3.52.
    #[wbxml(DstMsgId)]
    pub dst_msg_id: Option<ServerId<'a>>,
}

impl<'a> MoveResponse<'a> {
    /// The item was moved, and has this identifier now.
    pub fn moved(item: impl Into<ServerId<'a>>, now: impl Into<ServerId<'a>>) -> Self {
        Self { src_msg_id: item.into(), status: MoveItemsStatus::Success, dst_msg_id: Some(now.into()) }
    }

    /// The item was not moved.
    pub fn failed(item: impl Into<ServerId<'a>>, status: MoveItemsStatus) -> Self {
        Self { src_msg_id: item.into(), status, dst_msg_id: None }
    }
}
