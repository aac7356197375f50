//! Text of its own, for wbxml, prost, postcard and quick-xml's serde alike.

use prost::Message;
use serde::{Deserialize, Serialize};
use wbxml::codepages::{airsync, contacts};
use wbxml::{Decode, Encode};

#[derive(Clone, PartialEq, Message, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[wbxml(page = airsync, tag = Sync)]
pub(crate) struct OwnedSync {
    #[wbxml(Collections)]
    #[prost(message, required, tag = "1")]
    pub(crate) collections: Collections,
}

#[derive(Clone, PartialEq, Message, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[wbxml(page = airsync)]
pub(crate) struct Collections {
    #[wbxml(Collection)]
    #[prost(message, repeated, tag = "1")]
    pub(crate) collection: Vec<Collection>,
}

#[derive(Clone, PartialEq, Message, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[wbxml(page = airsync)]
pub(crate) struct Collection {
    #[wbxml(SyncKey)]
    #[prost(string, tag = "1")]
    pub(crate) sync_key: String,
    #[wbxml(CollectionId)]
    #[prost(string, tag = "2")]
    pub(crate) collection_id: String,
    #[wbxml(Status)]
    #[prost(uint32, tag = "3")]
    pub(crate) status: u32,
    #[wbxml(Commands)]
    #[prost(message, required, tag = "4")]
    pub(crate) commands: Commands,
}

#[derive(Clone, PartialEq, Message, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[wbxml(page = airsync)]
pub(crate) struct Commands {
    #[wbxml(Add)]
    #[prost(message, repeated, tag = "1")]
    pub(crate) add: Vec<Add>,
}

#[derive(Clone, PartialEq, Message, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[wbxml(page = airsync)]
pub(crate) struct Add {
    #[wbxml(ServerId)]
    #[prost(string, tag = "1")]
    pub(crate) server_id: String,
    #[wbxml(ApplicationData)]
    #[prost(message, required, tag = "2")]
    pub(crate) application_data: Contact,
}

#[derive(Clone, PartialEq, Message, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[wbxml(page = contacts)]
pub(crate) struct Contact {
    #[wbxml(FirstName)]
    #[prost(string, optional, tag = "1")]
    pub(crate) first_name: Option<String>,
    #[wbxml(LastName)]
    #[prost(string, optional, tag = "2")]
    pub(crate) last_name: Option<String>,
    #[wbxml(FileAs)]
    #[prost(string, optional, tag = "3")]
    pub(crate) file_as: Option<String>,
    #[wbxml(Email1Address)]
    #[prost(string, optional, tag = "4")]
    pub(crate) email1_address: Option<String>,
    #[wbxml(MobilePhoneNumber)]
    #[prost(string, optional, tag = "5")]
    pub(crate) mobile_phone_number: Option<String>,
    #[wbxml(BusinessPhoneNumber)]
    #[prost(string, optional, tag = "6")]
    pub(crate) business_phone_number: Option<String>,
    #[wbxml(CompanyName)]
    #[prost(string, optional, tag = "7")]
    pub(crate) company_name: Option<String>,
    #[wbxml(JobTitle)]
    #[prost(string, optional, tag = "8")]
    pub(crate) job_title: Option<String>,
    #[wbxml(HomeAddressStreet)]
    #[prost(string, optional, tag = "9")]
    pub(crate) home_address_street: Option<String>,
    #[wbxml(HomeAddressCity)]
    #[prost(string, optional, tag = "10")]
    pub(crate) home_address_city: Option<String>,
    #[wbxml(HomeAddressPostalCode)]
    #[prost(string, optional, tag = "11")]
    pub(crate) home_address_postal_code: Option<String>,
    #[wbxml(Birthday)]
    #[prost(string, optional, tag = "12")]
    pub(crate) birthday: Option<String>,
    #[wbxml(Categories)]
    #[prost(message, optional, tag = "13")]
    pub(crate) categories: Option<Categories>,
}

#[derive(Clone, PartialEq, Message, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[wbxml(page = contacts)]
pub(crate) struct Categories {
    #[wbxml(Category)]
    #[prost(string, repeated, tag = "1")]
    pub(crate) category: Vec<String>,
}
