//! `contacts.*`: who is found, and how; and address books.

use std::collections::BTreeSet;

use telewire::rpc::RpcError;
use telewire::tl::api::functions::contacts::{
    AddContact, DeleteContacts, ExportContactToken, GetContacts, GetStatuses, GetTopPeers,
    ImportContactToken, ImportContacts, ResolvePhone, ResolveUsername, Search,
};
use telewire::tl::api::types::contacts::{Found, ResolvedPeer};
use telewire::tl::api::{enums, types};

use crate::methods::{Registry, distinct};
use crate::world::{Caller, Contact, Peer, State, User, digits, invalid, is_username};

pub(super) fn install(registry: &mut Registry<'_>) {
    registry.on(resolve_username);
    registry.people(resolve_phone);
    registry.people(search);
    registry.people(get_contacts);
    registry.people(get_statuses);
    registry.people(import_contacts);
    registry.people(add_contact);
    registry.people(delete_contacts);
    registry.people(export_contact_token);
    registry.on(import_contact_token);
    registry.people(|_, _, _: GetTopPeers| {
        let (categories, chats, users) = (Vec::new(), Vec::new(), Vec::new());
        Ok(types::contacts::TopPeers { categories, chats, users }.into())
    });
}

/// Characters that are enough to look for: <https://core.telegram.org/method/contacts.search>.
const MIN_QUERY: usize = 3;

/// Who is found at most.
const MAX_FOUND: usize = 50;

fn resolve_username(
    state: &mut State,
    caller: &Caller,
    request: ResolveUsername,
) -> Result<ResolvedPeer, RpcError> {
    if !is_username(&request.username) {
        return Err(invalid("USERNAME_INVALID"));
    }
    let peer = state.people.named(&request.username);
    let peer = peer.ok_or_else(|| invalid("USERNAME_NOT_OCCUPIED"))?;
    let mut view = state.view(caller.viewer());
    let peer = view.name(peer);
    Ok(ResolvedPeer { peer, chats: view.chats(), users: view.users() })
}

/// Whoever has a number is found by it: nobody hides theirs.
fn resolve_phone(
    state: &mut State,
    caller: &Caller,
    request: ResolvePhone,
) -> Result<ResolvedPeer, RpcError> {
    let user = state.user_by_phone(&digits(&request.phone)).map(|user| user.id);
    let user = user.ok_or_else(|| invalid("PHONE_NOT_OCCUPIED"))?;
    let mut view = state.view(caller.viewer());
    let peer = view.name(Peer::User(user));
    Ok(ResolvedPeer { peer, chats: view.chats(), users: view.users() })
}

/// By the beginnings of names and usernames: those one knows by both, all others by usernames alone.
fn search(state: &mut State, caller: &Caller, request: Search) -> Result<Found, RpcError> {
    let wanted = request.q.trim().trim_start_matches('@').to_lowercase();
    if wanted.is_empty() {
        return Err(invalid("SEARCH_QUERY_EMPTY"));
    }
    if wanted.chars().count() < MIN_QUERY {
        return Err(invalid("QUERY_TOO_SHORT"));
    }
    let begins = |name: &str| name.to_lowercase().starts_with(&wanted);
    let is_called = |user: &User| user.username.as_deref().is_some_and(begins);
    let is_named = |user: &User| {
        let contact = state.contact(caller.me, user.id);
        let (first, last) = match contact {
            Some(contact) => (&contact.first_name, &contact.last_name),
            None => (&user.first_name, &user.last_name),
        };
        begins(first) || last.as_deref().is_some_and(begins)
    };
    let account = state.accounts.get(&caller.me);
    let knows = |user: &User| {
        account.is_some_and(|account| {
            account.contacts.contains_key(&user.id)
                || account.dialogs.contains_key(&Peer::User(user.id))
        })
    };
    let limit = usize::try_from(request.limit).unwrap_or(0).min(MAX_FOUND);
    let (mut mine, mut others) = (Vec::new(), Vec::new());
    let all = state.people.all().filter(|user| user.id != caller.me);
    for user in all.filter(|user| !request.bots || user.is_bot()) {
        if knows(user) && (is_called(user) || is_named(user)) {
            mine.push(Peer::User(user.id));
        } else if is_called(user) {
            others.push(Peer::User(user.id));
        }
    }
    mine.truncate(limit);
    others.truncate(limit);
    let mut view = state.view(caller.viewer());
    let my_results = mine.into_iter().map(|peer| view.name(peer)).collect();
    let results = others.into_iter().map(|peer| view.name(peer)).collect();
    Ok(Found { my_results, results, chats: Vec::new(), users: view.users() })
}

impl State {
    /// Whoever is in an address book.
    fn contacts_of(&self, user: i64) -> Vec<i64> {
        self.accounts.get(&user).map(|of| of.contacts.keys().copied().collect()).unwrap_or_default()
    }

    /// What one is told whose address book changed, in one's other logins too.
    fn contacts_changed(&mut self, caller: &Caller, users: &[i64]) -> enums::Updates {
        let (users, date) = (users.to_vec(), caller.date());
        let tell = move |state: &Self, viewer| {
            let mut view = state.view(viewer);
            let updates = users.iter().map(|user| {
                let (peer, settings) = (view.name(Peer::User(*user)), types::PeerSettings::new());
                types::UpdatePeerSettings { peer, settings }.into()
            });
            let updates = updates.collect();
            view.updates(updates, date)
        };
        self.push(caller.me, Some(caller.context.key), &tell);
        tell(self, caller.viewer())
    }
}

fn get_contacts(
    state: &mut State,
    caller: &Caller,
    request: GetContacts,
) -> Result<enums::contacts::Contacts, RpcError> {
    let ids = state.contacts_of(caller.me);
    let saved_count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    let hash = hash_of([i64::from(saved_count)].into_iter().chain(ids.iter().copied()));
    if !ids.is_empty() && request.hash == hash {
        return Ok(types::contacts::ContactsNotModified.into());
    }
    let mut view = state.view(caller.viewer());
    let contacts = ids.iter().map(|id| {
        view.name(Peer::User(*id));
        types::Contact { user_id: *id, mutual: state.contact(*id, caller.me).is_some() }
    });
    let contacts = contacts.collect();
    Ok(types::contacts::Contacts { contacts, saved_count, users: view.users() }.into())
}

/// By which clients say what they have: <https://core.telegram.org/api/offsets#hash-generation>.
pub(super) fn hash_of(ids: impl Iterator<Item = i64>) -> i64 {
    let hash = ids.fold(0_u64, |hash, id| {
        let hash = hash ^ (hash >> 21);
        let hash = hash ^ (hash << 35);
        let hash = hash ^ (hash >> 4);
        hash.wrapping_add(id.cast_unsigned())
    });
    hash.cast_signed()
}

fn get_statuses(
    state: &mut State,
    caller: &Caller,
    _: GetStatuses,
) -> Result<Vec<types::ContactStatus>, RpcError> {
    let ids = state.contacts_of(caller.me).into_iter();
    let statuses = ids.filter_map(|user_id| {
        let status = state.people.user(user_id)?.presence.to_tl()?;
        Some(types::ContactStatus { user_id, status })
    });
    Ok(statuses.collect())
}

/// Whoever has no account is left out.
fn import_contacts(
    state: &mut State,
    caller: &Caller,
    request: ImportContacts,
) -> Result<types::contacts::ImportedContacts, RpcError> {
    let (mut imported, mut named) = (Vec::new(), BTreeSet::new());
    for types::InputPhoneContact { client_id, phone, first_name, last_name, .. } in request.contacts
    {
        let user = state.user_by_phone(&digits(&phone)).map(|user| user.id);
        let Some(user_id) = user.filter(|_| !first_name.trim().is_empty()) else { continue };
        state.keep_contact(caller.me, user_id, Contact::new(&first_name, &last_name, true));
        imported.push(types::ImportedContact { user_id, client_id });
        named.insert(user_id);
    }
    let named: Vec<_> = named.into_iter().collect();
    state.contacts_changed(caller, &named);
    let mut view = state.view(caller.viewer());
    for user in named {
        view.name(Peer::User(user));
    }
    let (popular_invites, retry_contacts, users) = (Vec::new(), Vec::new(), view.users());
    Ok(types::contacts::ImportedContacts { imported, popular_invites, retry_contacts, users })
}

fn add_contact(
    state: &mut State,
    caller: &Caller,
    request: AddContact,
) -> Result<enums::Updates, RpcError> {
    let id = state.input_user(caller, &request.id)?;
    if id == caller.me {
        return Err(invalid("CONTACT_ID_INVALID"));
    }
    if request.first_name.trim().is_empty() {
        return Err(invalid("CONTACT_NAME_EMPTY"));
    }
    let phone = state.people.user(id).and_then(|user| user.phone.as_deref());
    let has_phone = phone.is_some_and(|phone| phone == digits(&request.phone))
        || state.contact(caller.me, id).is_some_and(|contact| contact.has_phone);
    state.keep_contact(
        caller.me,
        id,
        Contact::new(&request.first_name, &request.last_name, has_phone),
    );
    Ok(state.contacts_changed(caller, &[id]))
}

fn delete_contacts(
    state: &mut State,
    caller: &Caller,
    request: DeleteContacts,
) -> Result<enums::Updates, RpcError> {
    let named = request.id.iter().map(|user| state.input_user(caller, user));
    let named = named.collect::<Result<Vec<_>, _>>()?;
    let gone = distinct(named).filter(|id| state.drop_contact(caller.me, *id));
    let gone: Vec<i64> = gone.collect();
    Ok(state.contacts_changed(caller, &gone))
}

fn export_contact_token(
    state: &mut State,
    caller: &Caller,
    _: ExportContactToken,
) -> Result<types::ExportedContactToken, RpcError> {
    let card = state.card(caller.me, caller.date());
    let url = format!("https://t.me/contact/{}", card.token);
    Ok(types::ExportedContactToken { url, expires: card.expires })
}

/// Whoever has the link is shown whose it is, and can write to them. Nobody's address book changes.
fn import_contact_token(
    state: &mut State,
    caller: &Caller,
    request: ImportContactToken,
) -> Result<enums::User, RpcError> {
    let user = state.user_of_card(&request.token, caller.date());
    let user = user.and_then(|user| state.view(caller.viewer()).user(user));
    user.ok_or_else(|| invalid("IMPORT_TOKEN_INVALID"))
}
