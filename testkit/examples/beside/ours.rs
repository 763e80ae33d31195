//! The client that is looked at: what it tells is folded, and must be how everything stands.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use telewire::client::store::FileStore;
use telewire::client::{Client, Step, Updates};
use telewire::updates::{Event, PeerId};
use telewire_testkit::Running;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::people::Fallible;
use crate::standing::Standing;

/// What it tells has to be told until then.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an application keeps.
#[derive(Debug, Default)]
struct Known {
    standing: Standing,
    /// How many of which were told.
    told: BTreeMap<&'static str, u64>,
}

/// See [the module](self).
pub(crate) struct Ours {
    folder: tempfile::TempDir,
    known: Arc<Mutex<Known>>,
    running: Option<(Client, JoinHandle<Result<(), telewire::client::Error>>)>,
}

impl Ours {
    /// Logs in, and knows how everything stands.
    pub(crate) async fn begin(world: &Running, phone: &str, standing: Standing) -> Fallible<Self> {
        let known = Known { standing, told: BTreeMap::new() };
        let folder = tempfile::tempdir()?;
        let mut ours = Self { folder, known: Arc::new(Mutex::new(known)), running: None };
        let client = ours.client(world).await?;
        let login = client.send_code(phone).await?;
        let code = world.code(phone).ok_or("no code was sent")?;
        let Step::Done(_) = login.submit(&code).await? else { return Err("no login".into()) };
        let updates = client.updates();
        client.connect().await?;
        ours.follow(client, updates);
        Ok(ours)
    }

    fn session(&self) -> PathBuf {
        self.folder.path().join("session")
    }

    async fn client(&self, world: &Running) -> Fallible<Client> {
        Ok(world.client().store(FileStore::open(self.session())?).build().await?)
    }

    fn follow(&mut self, client: Client, updates: Updates) {
        let task = tokio::spawn(follow(client.clone(), updates, self.known.clone()));
        self.running = Some((client, task));
    }

    /// It ends, with all that was committed in its file.
    pub(crate) async fn end(&mut self) -> Fallible<()> {
        if let Some((client, task)) = self.running.take() {
            client.close().await;
            drop(client);
            task.await??;
        }
        Ok(())
    }

    /// Another one begins from the file; gives how long it took to know how everything stands.
    pub(crate) async fn back(
        &mut self,
        world: &Running,
        standing: &Standing,
    ) -> Fallible<Duration> {
        let began = Instant::now();
        let client = self.client(world).await?;
        let updates = client.updates();
        self.follow(client, updates);
        self.expect(standing).await?;
        Ok(began.elapsed())
    }

    /// Waits until it knows how everything stands.
    pub(crate) async fn expect(&self, standing: &Standing) -> Fallible<()> {
        let until = Instant::now() + PATIENCE;
        loop {
            if lock(&self.known).standing == *standing {
                return Ok(());
            }
            if Instant::now() > until {
                let known = lock(&self.known).standing.differs(standing);
                return Err(format!("telewire's client knows otherwise: {known:?}").into());
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    pub(crate) fn told(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.known).told.clone()
    }
}

fn lock(known: &Mutex<Known>) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The application, until its client is closed.
async fn follow(
    client: Client,
    mut updates: Updates,
    known: Arc<Mutex<Known>>,
) -> Result<(), telewire::client::Error> {
    while let Some(update) = updates.next().await? {
        let name = match &update.event {
            Event::Update(_) => "updates",
            Event::Message(_) => "messages of differences",
            Event::ChannelTooLong { .. } => "channels too long",
            Event::Lost { .. } => "losses",
            _ => "others",
        };
        let too_long = {
            let mut known = lock(&known);
            *known.told.entry(name).or_default() += 1;
            known.standing.take(update.line, &update.event)
        };
        let Some(channel) = too_long else { continue };
        // What was lost is asked for as anybody does it.
        let Some(peer) = client.input_peer(PeerId::Channel(channel)) else { continue };
        let (mut history, mut all) = (client.history(peer), Vec::new());
        while let Some(message) = history.next().await? {
            all.push(message);
        }
        let mut known = lock(&known);
        known.standing.forget(channel);
        all.iter().for_each(|message| known.standing.put(message));
    }
    Ok(())
}
