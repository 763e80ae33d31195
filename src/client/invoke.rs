//! A call from its beginning to its end.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use crate::client::core::{Client, Inner};
use crate::client::error::{Error, StopReason};
use crate::client::link::Link;
use crate::client::policy::{Attempts, InvokeOptions, Next, Purpose};
use crate::client::store::Change;
use crate::ids::DcId;
use crate::rpc::{CallError, Execution, Request, known};
use crate::tl::wrap::LAYER;
use crate::tl::wrap::functions::{InitConnection, InvokeWithLayer, InvokeWithoutUpdates};
use crate::tl::{Deserialize, Function, Object, Repeat, Serialize};

/// When a call must have ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Until(Option<Instant>);

impl Until {
    fn new(deadline: Option<Duration>) -> Self {
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
    /// Calls a function and gives what it returns.
    ///
    /// # Errors
    ///
    /// See [`Error`]; its [`execution`](Error::execution) says whether the function ran.
    pub async fn invoke<F: Function + Sync>(&self, function: &F) -> Result<F::Return, Error> {
        self.invoke_with(function, &InvokeOptions::default()).await
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
        let repeat = options.repeat.unwrap_or(F::REPEAT);
        // Pinned where it is: awaited by value, a future is copied first, and this one is large.
        let body = || function.to_bytes();
        let call = pin!(self.inner.call(&body, repeat, options));
        decode::<F>(call.await?)
    }
}

/// How a call has gone so far.
pub(super) struct Course<'a> {
    options: &'a InvokeOptions,
    until: Until,
    attempts: Attempts,
    repeat: Repeat,
    purpose: Purpose,
    /// The data centre to ask, if not the one that the account lives in.
    elsewhere: Option<DcId>,
    /// Whether the client itself asks, on behalf of another call: nothing is prepared for it, and it is not sent elsewhere.
    is_own: bool,
    is_reauthorized: bool,
    /// Whether an attempt may have run.
    may_have_run: bool,
}

impl<'a> Course<'a> {
    pub(super) fn new(options: &'a InvokeOptions, repeat: Repeat) -> Self {
        Self {
            options,
            until: Until::new(options.deadline),
            attempts: Attempts::new(options, repeat),
            repeat,
            purpose: options.purpose,
            elsewhere: options.dc,
            is_own: false,
            is_reauthorized: false,
            may_have_run: false,
        }
    }

    /// Of what the client asks on behalf of this call: within its deadline, and with its patience.
    fn of_own(&self, dc: DcId, repeat: Repeat) -> Self {
        Self {
            until: self.until,
            purpose: Purpose::Main,
            elsewhere: Some(dc),
            is_own: true,
            ..Self::new(self.options, repeat)
        }
    }
}

impl Inner {
    async fn call(
        self: &Arc<Self>,
        body: &(dyn Fn() -> Vec<u8> + Sync),
        repeat: Repeat,
        options: &InvokeOptions,
    ) -> Result<Object, Error> {
        let mut course = Course::new(options, repeat);
        let result = pin!(self.follow(&mut course, body, options.deadline)).await;
        result.map_err(|error| match course.may_have_run {
            true => error.of_what_may_have_run(),
            false => error,
        })
    }

    /// Asks a data centre on behalf of a call, which is not sent unless there is an answer.
    pub(super) fn ask<'a, F: Function + Sync>(
        self: &'a Arc<Self>,
        dc: DcId,
        function: &'a F,
        course: &Course<'a>,
    ) -> Pin<Box<dyn Future<Output = Result<F::Return, Error>> + Send + 'a>> {
        let mut course = course.of_own(dc, F::REPEAT);
        Box::pin(async move {
            let (body, left) = (|| function.to_bytes(), course.until.left());
            let answer = self.follow(&mut course, &body, left).await;
            answer.and_then(decode::<F>).map_err(Error::of_a_preparation)
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
        loop {
            let dc = course.elsewhere.unwrap_or_else(|| self.home());
            let link = match self.ready(dc, course.elsewhere.is_none(), course.purpose) {
                Some(link) => link,
                None => {
                    self.check()?;
                    let link = Box::pin(self.prepare(dc, course)).await?;
                    left = course.until.left();
                    link
                }
            };
            match pin!(self.attempt(&link, body(), course.repeat, left)).await {
                Ok(answer) => return Ok(answer),
                Err(error) => Box::pin(self.recover(course, dc, &link, error)).await?,
            }
            left = course.until.left();
        }
    }

    /// A connection to a data centre that knows of the login.
    async fn prepare(self: &Arc<Self>, dc: DcId, course: &Course<'_>) -> Result<Arc<Link>, Error> {
        let until = course.until;
        if !course.is_own {
            until.within(self.locate(dc, course)).await?;
            until.within(self.authorize(dc, course)).await?;
        }
        until.within(self.link(dc, course.purpose)).await
    }

    /// Does what an error asks for, so that the call can be made again; or gives the error that the call ends with.
    async fn recover(
        self: &Arc<Self>,
        course: &mut Course<'_>,
        dc: DcId,
        link: &Link,
        error: CallError,
    ) -> Result<(), Error> {
        let until = course.until;
        course.may_have_run |= error.execution() == Execution::Maybe;
        if let Some(reason) = self.verdict(dc, &error) {
            return Err(self.stop(reason).await);
        }
        // A login that was taken to another data centre may have ended there alone.
        if !course.is_reauthorized && !course.is_own && self.is_login_lost(dc, &error) {
            course.is_reauthorized = true;
            let lost = Change::Authorized { dc, is_authorized: false };
            return Ok(self.keeper.apply(vec![lost]).await?);
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
                tokio::select! {
                    () = sleep(wait) => {}
                    ended = self.ended() => return Err(ended),
                }
            }
            Next::Migrate { .. } if course.is_own => return Err(error.into()),
            Next::Migrate { number, is_home } => {
                let dc = until.within(self.dc(number, course)).await?;
                if is_home {
                    // Whoever is logged in stays so.
                    until.within(self.authorize(dc, course)).await?;
                    self.move_home(dc).await?;
                    course.elsewhere = None;
                } else {
                    course.elsewhere = Some(dc);
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
        repeat: Repeat,
        left: Option<Duration>,
    ) -> Result<Object, CallError> {
        let in_use = link.in_use();
        let is_initialised = link.is_initialised.load(Ordering::Relaxed);
        let body = if link.is_main { body } else { without_updates(body) };
        let body = if is_initialised { body } else { self.initialising(body) };
        let mut request = Request::from_bytes(body, repeat);
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
    fn initialising(&self, body: Vec<u8>) -> Vec<u8> {
        let device = &self.settings.device;
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

    /// CF-17: whether an error is the end of the client. Before somebody is logged in, the server may well say that nobody is.
    fn verdict(&self, dc: DcId, error: &CallError) -> Option<StopReason> {
        let reason = StopReason::of(error.rpc()?)?;
        let is_about_login = dc == self.home() && self.is_logged_in();
        (is_about_login || reason == StopReason::KeyDuplicated).then_some(reason)
    }

    fn is_login_lost(&self, dc: DcId, error: &CallError) -> bool {
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
