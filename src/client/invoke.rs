//! A call from its beginning to its end.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::client::cdn::{self, is_cdn};
use crate::client::core::{Client, Inner};
use crate::client::error::{Error, StopReason};
use crate::client::floods::{Patience, Slot, shared_wait};
use crate::client::keeper::{Origin, Standing, keys_of};
use crate::client::link::Link;
use crate::client::policy::{Attempts, Home, InvokeOptions, Next, Role};
use crate::client::runtime;
use crate::connection::ConnectionError;
use crate::handshake;
use crate::ids::DcId;
use crate::rpc::{CallError, Execution, Request, known};
use crate::tl::wrap::LAYER;
use crate::tl::wrap::functions::{InitConnection, InvokeWithLayer, InvokeWithoutUpdates};
use crate::tl::{Deserialize, Function, Object, Repeat, Serialize};

/// When a call must have ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Until(Option<Instant>);

impl Until {
    pub(super) fn new(deadline: Option<Duration>) -> Self {
        Self(deadline.and_then(|within| Instant::now().checked_add(within)))
    }

    /// What is done before anything is sent: if it takes too long, nothing ran.
    pub(super) async fn within<T>(
        self,
        future: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        match self.0 {
            Some(until) => timeout_at(until, future).await.unwrap_or(Err(Error::NotConnected)),
            None => future.await,
        }
    }

    pub(super) fn left(self) -> Option<Duration> {
        self.0.map(|until| until.saturating_duration_since(Instant::now()))
    }
}

impl Client {
    /// Calls a function and gives what it returns, with the client's options.
    ///
    /// # Errors
    ///
    /// See [`Error`]; its [`execution`](Error::execution) says whether the function ran.
    pub async fn invoke<F: Function + Sync>(&self, function: &F) -> Result<F::Return, Error> {
        self.invoke_with(function, &self.options).await
    }

    /// As [`invoke`](Self::invoke), with options of its own.
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn invoke_with<F: Function + Sync>(
        &self,
        function: &F,
        options: &InvokeOptions,
    ) -> Result<F::Return, Error> {
        let mut course = Course::new::<F>(options);
        // Pinned where it is: awaited by value, a future is copied first, and this one is large.
        let body = || function.to_bytes();
        let call = pin!(self.inner.call(&mut course, &body));
        decode::<F>(call.await?)
    }

    /// As [`invoke`](Self::invoke), and whose answer it is.
    pub(super) async fn invoke_at<F: Function + Sync>(
        &self,
        function: &F,
        options: &InvokeOptions,
    ) -> Result<(F::Return, Origin), Error> {
        self.follow_at(function, Course::new::<F>(options)).await
    }

    /// As [`invoke_at`](Self::invoke_at), by whoever's turn it is to log in or out.
    pub(super) async fn invoke_in_turn<F: Function + Sync>(
        &self,
        function: &F,
        options: &InvokeOptions,
    ) -> Result<(F::Return, Origin), Error> {
        self.follow_at(function, Course { is_in_turn: true, ..Course::new::<F>(options) }).await
    }

    async fn follow_at<F: Function + Sync>(
        &self,
        function: &F,
        mut course: Course<'_>,
    ) -> Result<(F::Return, Origin), Error> {
        let body = || function.to_bytes();
        let answer = Box::pin(self.inner.call(&mut course, &body)).await?;
        Ok((decode::<F>(answer)?, course.answered.ok_or(Error::Closed)?))
    }
}

/// What a data centre is asked on behalf of a call, in a box, and whose answer it is.
type Asked<'a, T> = Pin<Box<dyn Future<Output = Result<(T, Origin), Error>> + Send + 'a>>;

/// How a call has gone so far.
pub(super) struct Course<'a> {
    options: &'a InvokeOptions,
    /// What is called.
    function: u32,
    until: Until,
    attempts: Attempts,
    repeat: Repeat,
    role: Role,
    /// The data centre to ask, if not the one that the account lives in.
    elsewhere: Option<DcId>,
    /// Whether the client itself asks, on behalf of another call: nothing is prepared for it, and it is not sent elsewhere.
    is_own: bool,
    /// Whether it is that of a step of a login, or of a log-out.
    is_in_turn: bool,
    /// Whether it carries a part of a file, whose way somebody else plans: it is not sent elsewhere, nor compressed (FI-16).
    is_part: bool,
    is_reauthorized: bool,
    /// Whether an attempt may have run.
    may_have_run: bool,
    /// Until when waits of the server's are counted.
    counted: Option<Instant>,
    /// Whose answer it was.
    answered: Option<Origin>,
}

impl<'a> Course<'a> {
    pub(super) fn new<F: Function>(options: &'a InvokeOptions) -> Self {
        let repeat = options.repeat.unwrap_or(F::REPEAT);
        Self {
            options,
            function: F::ID,
            until: Until::new(options.deadline),
            attempts: Attempts::new(options, repeat),
            repeat,
            role: options.purpose.into(),
            elsewhere: options.dc,
            is_own: false,
            is_in_turn: false,
            is_part: false,
            is_reauthorized: false,
            may_have_run: false,
            counted: None,
            answered: None,
        }
    }

    /// Of a request for a part of a file.
    pub(super) fn of_part<F: Function>(options: &'a InvokeOptions, role: Role) -> Self {
        Self { role, is_part: true, ..Self::new::<F>(options) }
    }

    /// Of what the client asks on behalf of this call: within its deadline, and with its patience.
    fn of_own<F: Function>(&self, dc: DcId) -> Self {
        Self {
            until: self.until,
            attempts: Attempts::new(self.options, F::REPEAT),
            repeat: F::REPEAT,
            role: Role::MAIN,
            elsewhere: Some(dc),
            is_own: true,
            ..Self::new::<F>(self.options)
        }
    }
}

impl Patience for Course<'_> {
    fn may_wait(&mut self, now: Instant, until: Instant) -> bool {
        // A wait that ends after the deadline is not begun.
        if self.until.0.is_some_and(|deadline| deadline <= until) {
            return false;
        }
        let from = self.counted.map_or(now, |counted| counted.max(now));
        let more = until.saturating_duration_since(from);
        if more.is_zero() {
            return true;
        }
        self.counted = Some(until);
        self.attempts.wait_behind(more)
    }

    fn deadline(&self) -> Option<Instant> {
        self.until.0
    }
}

impl Inner {
    pub(super) async fn call(
        self: &Arc<Self>,
        course: &mut Course<'_>,
        body: &(dyn Fn() -> Vec<u8> + Sync),
    ) -> Result<Object, Error> {
        let left = course.options.deadline;
        let result = pin!(self.follow(course, body, left)).await;
        result.map_err(|error| match course.may_have_run {
            true => error.of_what_may_have_run(),
            false => error,
        })
    }

    /// Asks a data centre on behalf of a call, which is not sent unless there is an answer; and whose answer it is.
    pub(super) fn ask<'a, F: Function + Sync>(
        self: &'a Arc<Self>,
        dc: DcId,
        function: &'a F,
        course: &Course<'a>,
    ) -> Asked<'a, F::Return> {
        let mut course = course.of_own::<F>(dc);
        Box::pin(async move {
            let (body, left) = (|| function.to_bytes(), course.until.left());
            let answer = self.follow(&mut course, &body, left).await.and_then(decode::<F>);
            let origin = course.answered.ok_or(Error::Closed);
            answer.and_then(|answer| Ok((answer, origin?))).map_err(Error::of_a_preparation)
        })
    }

    /// Makes a call until it has a result, or an error that nothing can be done about.
    ///
    /// What is rarely needed is in boxes, so that the future of a call is small. Its bytes are made for each attempt, as there is
    /// mostly one: nobody keeps a copy of them for another.
    async fn follow(
        self: &Arc<Self>,
        course: &mut Course<'_>,
        body: &(dyn Fn() -> Vec<u8> + Sync),
        // As long as nothing was waited for, what the course has left.
        mut left: Option<Duration>,
    ) -> Result<Object, Error> {
        let here = runtime::here()?;
        loop {
            let slot = match course.options.shares_waits {
                false => None,
                true => match self.floods.try_pass(course.function) {
                    Some(slot) => Some(slot),
                    None => {
                        let slot = Box::pin(self.queue(course)).await?;
                        left = course.until.left();
                        Some(slot)
                    }
                },
            };
            let standing = self.standing();
            let dc = course.elsewhere.unwrap_or(standing.home);
            let link = match self.ready(dc, course.elsewhere.is_none(), course.role, here) {
                Some(link) => link,
                None => {
                    self.check()?;
                    let link = Box::pin(self.prepare(dc, course)).await?;
                    left = course.until.left();
                    link
                }
            };
            let result = pin!(self.attempt(&link, body(), course, left)).await;
            if let Some(slot) = slot {
                slot.ended(result.as_ref().err());
            }
            match result {
                Ok(answer) => {
                    // Before its caller has it: what the server sends about it may be on its way.
                    if self.hub.is_fed_by(course.function) {
                        self.hub.result(&body(), answer.as_bytes());
                    }
                    course.answered = link.key().map(|key| Origin { dc: keys_of(dc), key });
                    return Ok(answer);
                }
                Err(error) => {
                    Box::pin(self.recover(course, standing, dc, &link, error)).await?;
                }
            }
            left = course.until.left();
        }
    }

    /// Waits behind the calls that wait already.
    async fn queue(&self, course: &mut Course<'_>) -> Result<Slot, Error> {
        self.check()?;
        tokio::select! {
            slot = self.floods.queue(course.function, course) => Ok(slot?),
            ended = self.ended() => Err(ended),
        }
    }

    /// A connection to a data centre that knows of the login.
    async fn prepare(self: &Arc<Self>, dc: DcId, course: &Course<'_>) -> Result<Arc<Link>, Error> {
        let until = course.until;
        if !course.is_own {
            until.within(self.locate(dc, course)).await?;
            until.within(self.authorize(dc, course)).await?;
        }
        if !is_cdn(dc) {
            return until.within(self.link(dc, course.role)).await;
        }
        until.within(self.know_cdn(dc, course)).await?;
        match until.within(self.link(dc, course.role)).await {
            // FI-57: its keys are others by now.
            Err(Error::Connection(ConnectionError::Handshake(handshake::Error::NoKnownKey))) => {
                self.cdn.forget(dc);
                until.within(self.know_cdn(dc, course)).await?;
                until.within(self.link(dc, course.role)).await
            }
            link => link,
        }
    }

    /// Does what an error asks for, so that the call can be made again; or gives the error that the call ends with.
    async fn recover(
        self: &Arc<Self>,
        course: &mut Course<'_>,
        standing: Standing,
        dc: DcId,
        link: &Link,
        error: CallError,
    ) -> Result<(), Error> {
        let until = course.until;
        course.may_have_run |= error.execution() == Execution::Maybe;
        let origin = link.key().map(|key| Origin { dc: keys_of(dc), key });
        if let Some(reason) = self.verdict(origin, &error) {
            return Err(self.stop(origin, reason).await);
        }
        // What another call was told before ended the login that this one was made for.
        if !is_cdn(dc)
            && self.standing().is_after_the_end_of(standing)
            && let Some(reason) = error.rpc().and_then(StopReason::of)
        {
            return Err(Error::Stopped(reason));
        }
        // A login that was taken to another data centre may have ended there alone.
        if !course.is_reauthorized
            && !course.is_own
            && let Some(lost) = origin.filter(|origin| self.is_login_lost(*origin, &error))
        {
            course.is_reauthorized = true;
            return Ok(self.keeper.keep_transfer_lost(lost).await.map(drop)?);
        }
        match course.attempts.next(&error, self.jitter()) {
            Next::Fail => {
                if matches!(error, CallError::Closed { .. }) {
                    match until.within(self.mourn(dc, link)).await {
                        Ok(()) | Err(Error::NotConnected) => {}
                        Err(error) => return Err(error),
                    }
                }
                return Err(error.into());
            }
            Next::After(wait) => {
                // A wait that ends after the deadline is not begun.
                if until.left().is_some_and(|left| left <= wait) {
                    return Err(error.into());
                }
                if course.options.shares_waits && shared_wait(&error).is_some() {
                    // It waits with the others of its function.
                    course.counted = Instant::now().checked_add(wait);
                    return Ok(());
                }
                tokio::select! {
                    () = sleep(wait) => {}
                    ended = self.ended() => return Err(ended),
                }
            }
            Next::Migrate { .. } if course.is_own || course.is_part => return Err(error.into()),
            Next::Migrate { number, home } => {
                let to = until.within(self.dc(number, course)).await?;
                let moves = match home {
                    Home::Stays => false,
                    Home::Account => true,
                    Home::Nobodys => !standing.is_logged_in,
                };
                // While somebody logs in, other calls do not move the home away from there.
                let turn = if course.is_in_turn { None } else { Some(self.logins.try_turn()) };
                let may_move = !matches!(turn, Some(None));
                if moves && may_move {
                    // Whoever is logged in stays so. If that has changed meanwhile, the server is asked once more.
                    until.within(self.authorize(to, course)).await?;
                    self.move_home(standing, to).await?;
                    course.elsewhere = None;
                } else {
                    course.elsewhere = Some(to);
                }
            }
            Next::TooManyHops => {
                return Err(Error::TooManyHops { hops: super::policy::MAX_HOPS });
            }
            Next::Initialise => link.is_initialised.store(false, Ordering::Relaxed),
            Next::Reopen => until.within(self.mourn(dc, link)).await?,
        }
        Ok(())
    }

    /// Sends a call over a connection, once.
    async fn attempt(
        &self,
        link: &Link,
        body: Vec<u8>,
        course: &Course<'_>,
        left: Option<Duration>,
    ) -> Result<Object, CallError> {
        let in_use = link.in_use();
        let is_initialised = link.is_initialised.load(Ordering::Relaxed);
        // FI-58: a CDN has no updates, and takes nothing around a call but what says that it is one.
        let body = if link.is_main || link.is_cdn { body } else { without_updates(body) };
        let body = if is_initialised { body } else { self.initialising(body, link.is_cdn) };
        let mut request = Request::from_bytes(body, course.repeat);
        if course.is_part {
            request = request.uncompressed();
        }
        if let Some(left) = left {
            request = request.with_deadline(left);
        }
        let result = pin!(link.handle.call(request)).await;
        drop(in_use);
        if !is_initialised && is_answer(&result) {
            link.is_initialised.store(true, Ordering::Relaxed);
        }
        result
    }

    /// The call with the words around it that tell the server who speaks.
    fn initialising(&self, body: Vec<u8>, is_cdn: bool) -> Vec<u8> {
        let device = if is_cdn { &cdn::nobody() } else { &self.settings.device };
        let query = InitConnection {
            api_id: self.settings.api_id,
            device_model: device.model.clone(),
            system_version: device.system.clone(),
            app_version: device.app_version.clone(),
            system_lang_code: device.language.clone(),
            lang_pack: String::new(),
            lang_code: device.language.clone(),
            proxy: None,
            params: None,
            query: Object::from(body),
        };
        InvokeWithLayer { layer: LAYER, query }.to_bytes()
    }

    /// CF-17: whether an error is the end of the client. Before somebody is logged in, the server may well say that nobody is; and
    /// what it says to the key of a login that is not the one at hand any more says nothing of that.
    fn verdict(&self, origin: Option<Origin>, error: &CallError) -> Option<StopReason> {
        let reason = StopReason::of(error.rpc()?)?;
        let Origin { dc, key } = origin?;
        // FI-58: what a CDN says ends the call that it answers, and nothing else.
        if is_cdn(dc) {
            return None;
        }
        match reason {
            // Whatever the key is used for, it is not valid any more.
            StopReason::KeyDuplicated => self.keeper.is_kept(dc, key),
            _ => self.keeper.is_of_the_login(dc, Some(key)),
        }
        .then_some(reason)
    }

    fn is_login_lost(&self, Origin { dc, .. }: Origin, error: &CallError) -> bool {
        let is_lost = error.rpc().and_then(StopReason::of).is_some();
        is_lost && dc != self.home() && self.keeper.read(|kept| kept.is_authorized(dc))
    }
}

/// Whether the server has understood the wrappers around a call.
fn is_answer(result: &Result<Object, CallError>) -> bool {
    match result {
        Ok(_) => true,
        Err(CallError::Rpc(error) | CallError::RpcRepeated(error)) => {
            !error.name.starts_with("CONNECTION_")
                && error.name != known::INPUT_FETCH_ERROR
                && error.code != 303
                && (400..500).contains(&error.code)
        }
        Err(_) => false,
    }
}

/// A call over a connection beside the main one, to which the server is to send no updates.
fn without_updates(body: Vec<u8>) -> Vec<u8> {
    InvokeWithoutUpdates { query: Object::from(body) }.to_bytes()
}

fn decode<F: Function>(answer: Object) -> Result<F::Return, Error> {
    F::Return::from_bytes(answer.as_bytes())
        .map_err(|source| CallError::Decode { source, answer: answer.into_bytes().into() }.into())
}
