//! Text borrowed from the document where it can be, as activesync-types has it.

use std::borrow::Cow;

use wbxml::Decode;
use wbxml::codepages::{airsync, contacts};

#[derive(Decode)]
#[wbxml(page = airsync, tag = Sync)]
pub(crate) struct BorrowedSync<'a> {
    #[wbxml(Collections)]
    pub(crate) collections: Collections<'a>,
}

#[derive(Decode)]
#[wbxml(page = airsync)]
pub(crate) struct Collections<'a> {
    #[wbxml(Collection)]
    pub(crate) collection: Vec<Collection<'a>>,
}

#[derive(Decode)]
#[wbxml(page = airsync)]
pub(crate) struct Collection<'a> {
    #[wbxml(SyncKey)]
    pub(crate) sync_key: Cow<'a, str>,
    #[wbxml(CollectionId)]
    pub(crate) collection_id: Cow<'a, str>,
    #[wbxml(Status)]
    pub(crate) status: u32,
    #[wbxml(Commands)]
    pub(crate) commands: Commands<'a>,
}

#[derive(Decode)]
#[wbxml(page = airsync)]
pub(crate) struct Commands<'a> {
    #[wbxml(Add)]
    pub(crate) add: Vec<Add<'a>>,
}

#[derive(Decode)]
#[wbxml(page = airsync)]
pub(crate) struct Add<'a> {
    #[wbxml(ServerId)]
    pub(crate) server_id: Cow<'a, str>,
    #[wbxml(ApplicationData)]
    pub(crate) application_data: Contact<'a>,
}

#[derive(Decode)]
#[wbxml(page = contacts)]
pub(crate) struct Contact<'a> {
    #[wbxml(FirstName)]
    pub(crate) first_name: Option<Cow<'a, str>>,
    #[wbxml(LastName)]
    pub(crate) last_name: Option<Cow<'a, str>>,
    #[wbxml(FileAs)]
    pub(crate) file_as: Option<Cow<'a, str>>,
    #[wbxml(Email1Address)]
    pub(crate) email1_address: Option<Cow<'a, str>>,
    #[wbxml(MobilePhoneNumber)]
    pub(crate) mobile_phone_number: Option<Cow<'a, str>>,
    #[wbxml(BusinessPhoneNumber)]
    pub(crate) business_phone_number: Option<Cow<'a, str>>,
    #[wbxml(CompanyName)]
    pub(crate) company_name: Option<Cow<'a, str>>,
    #[wbxml(JobTitle)]
    pub(crate) job_title: Option<Cow<'a, str>>,
    #[wbxml(HomeAddressStreet)]
    pub(crate) home_address_street: Option<Cow<'a, str>>,
    #[wbxml(HomeAddressCity)]
    pub(crate) home_address_city: Option<Cow<'a, str>>,
    #[wbxml(HomeAddressPostalCode)]
    pub(crate) home_address_postal_code: Option<Cow<'a, str>>,
    #[wbxml(Birthday)]
    pub(crate) birthday: Option<Cow<'a, str>>,
    #[wbxml(Categories)]
    pub(crate) categories: Option<Categories<'a>>,
}

#[derive(Decode)]
#[wbxml(page = contacts)]
pub(crate) struct Categories<'a> {
    #[wbxml(Category)]
    pub(crate) category: Vec<Cow<'a, str>>,
}
