//! `--socket PATH`: a socket for programs of the same user. Each connection is a shell of its own on the one client: commands of one
//! run one after the other, and several connections' at once.

mod place;

use std::io;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use telewire::client::{Error, Updates};
use telewire::updates::Delivery;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::sync::{broadcast, mpsc};
use tokio::task::{JoinSet, LocalSet};
use tokio::time::sleep;

use super::fault::Fault;
use super::request::{Answer, Requests};
use super::secret::{self, Reader};
use super::watch::print;
use super::words::MAX_LINE;
use super::{Shell, lines, signals};
use crate::failure::Failure;
pub(super) use place::Place;

/// Connections at once: more than one user's programs need, and fewer than a process may have files.
const MAX_CONNECTIONS: usize = 64;

/// Answers that wait to be written. A program that does not read gets no more of its commands run.
const WAITING: usize = 16;

/// Updates that wait for the slowest connection, some 1 MiB; it is told of more that they are lost to it.
const KEPT: usize = 1_024;

/// After a connection could not be taken: the system is short of something, for a while.
const SHORT: Duration = Duration::from_millis(100);

/// Serves until a signal comes.
pub(super) async fn run(
    shell: &mut Shell,
    place: Option<&Place>,
    watch: bool,
) -> Result<(), Failure> {
    let Some(place) = place else { return Ok(()) };
    shell.answer_programs();
    let local = LocalSet::new();
    let mut updates = watch.then(|| shell.client.updates().with_explicit_commits());
    if watch {
        shell.reader = Reader::Shell;
    }
    let result = local.run_until(serve(shell, place, &mut updates)).await;
    if let Some(updates) = updates {
        // If that cannot be kept, what was told is told again.
        let _ = updates.flush().await;
    }
    result
}

async fn serve(
    shell: &mut Shell,
    place: &Place,
    updates: &mut Option<Updates>,
) -> Result<(), Failure> {
    let mut signals = pin!(signals::listen()?);
    let listener = place.listen()?;
    let (news, _) = broadcast::channel::<Arc<str>>(KEPT);
    let mut connections = JoinSet::new();
    if updates.is_some() {
        // Whoever only listens calls nothing, and is to hear all the same.
        shell.client.connect().await.map_err(|error| Failure::Run(error.to_string()))?;
    }
    let mut told = match updates.is_some() {
        true => shell.secrets().await.ok().map(|secrets| secrets.news()),
        false => None,
    };
    // Whoever started it may connect now.
    print(&json!({"socket": place.path().to_string_lossy()}))?;
    loop {
        let is_heard = !connections.is_empty();
        tokio::select! {
            failure = &mut signals => return Err(failure),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if connections.len() >= MAX_CONNECTIONS => refuse(&stream),
                Ok((stream, _)) => {
                    let news = updates.is_some().then(|| news.subscribe());
                    connections.spawn_local(connection(stream, shell.another(), news));
                }
                Err(_) => sleep(SHORT).await,
            },
            Some(_) = connections.join_next(), if is_heard => {}
            told = secret::next(&mut told) => {
                let _ = news.send(format!("{}\n", shell.secret_update(&told)).into());
            }
            // While nobody is there, what happens waits, and comes late.
            delivery = next(updates), if is_heard => match delivery {
                Ok(Some(delivery)) => {
                    let line = match shell.feed(&delivery).await {
                        Ok(true) => None,
                        Ok(false) => Some(json!({"update": shell.update_json(&delivery)})),
                        Err(fault) => Some(Answer::new(&Err(fault)).json),
                    };
                    // Somebody left just now: the others have it.
                    let _ = line.map(|line| news.send(format!("{line}\n").into()));
                    if let Some(updates) = updates {
                        updates.commit(&delivery);
                    }
                }
                Ok(None) => return Ok(()),
                // Commands are answered with the reason from now on.
                Err(error) => {
                    *updates = None;
                    let answer = Answer::new(&Err(Fault::from(error)));
                    let _ = news.send(format!("{}\n", answer.json).into());
                }
            },
        }
    }
}

async fn next(updates: &mut Option<Updates>) -> Result<Option<Delivery>, Error> {
    match updates {
        Some(updates) => updates.next().await,
        None => std::future::pending().await,
    }
}

/// Says why, if that can be said without waiting.
fn refuse(stream: &UnixStream) {
    let fault = Fault::failed(format!("there are {MAX_CONNECTIONS} connections already"));
    let _ = stream.try_write(format!("{}\n", Answer::new(&Err(fault)).json).as_bytes());
}

/// Runs what a program asks for, until it asks for no more.
async fn connection(
    stream: UnixStream,
    mut shell: Shell,
    mut news: Option<broadcast::Receiver<Arc<str>>>,
) {
    let (input, mut output) = stream.into_split();
    let (said, mut to_say) = mpsc::channel::<String>(WAITING);
    let run = async move {
        let (mut input, mut requests) = (BufReader::new(input), Requests::default());
        while shell.end.is_none()
            && let Ok(Some(line)) = read_line(&mut input, MAX_LINE).await
        {
            let Some(request) = requests.read(line) else { continue };
            let answer = shell.answer(request).await;
            // If nobody reads answers any more, what was asked is done all the same.
            let _ = said.send(format!("{}\n", answer.json)).await;
        }
    };
    let say = async {
        let mut is_read = true;
        loop {
            let line = tokio::select! {
                biased;
                answer = to_say.recv() => match answer {
                    Some(answer) => answer.into(),
                    None => break,
                },
                line = heard(&mut news) => line,
            };
            is_read = is_read && output.write_all(line.as_bytes()).await.is_ok();
        }
    };
    tokio::join!(run, say);
}

/// The next update.
async fn heard(news: &mut Option<broadcast::Receiver<Arc<str>>>) -> Arc<str> {
    let line = match news {
        Some(news) => news.recv().await,
        None => Err(broadcast::error::RecvError::Closed),
    };
    match line {
        Ok(line) => line,
        Err(broadcast::error::RecvError::Lagged(count)) => {
            let update = json!({"type": "not_read", "count": count, "late": false, "own": false});
            format!("{}\n", json!({"update": update})).into()
        }
        Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
    }
}

/// A line as [`lines`] reads it: what is too long is told, and nothing of it is kept.
async fn read_line(
    input: &mut (impl AsyncBufRead + Unpin),
    most: usize,
) -> io::Result<Option<Result<String, Fault>>> {
    let (mut bytes, mut is_long, mut is_begun) = (Vec::new(), false, false);
    loop {
        let buffer = input.fill_buf().await?;
        if buffer.is_empty() {
            break;
        }
        is_begun = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let taken = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
        // One more for the carriage return.
        is_long = is_long || bytes.len().saturating_add(taken.len()) > most.saturating_add(1);
        match is_long {
            true => bytes.clear(),
            false => bytes.extend_from_slice(taken),
        }
        let count = end.map_or(buffer.len(), |end| end.saturating_add(1));
        input.consume(count);
        if end.is_some() {
            break;
        }
    }
    Ok(is_begun.then(|| if is_long { Err(lines::too_long(most)) } else { lines::text(bytes) }))
}

impl Place {
    /// Where it is, for whoever is told.
    fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(mut input: &[u8], most: usize) -> Vec<Result<String, String>> {
        let mut all = Vec::new();
        while let Some(line) = read_line(&mut input, most).await.unwrap() {
            all.push(line.map_err(|fault| fault.to_string()));
        }
        all
    }

    #[tokio::test]
    async fn lines_are_read_as_those_of_standard_input() {
        let good = |line: &str| Ok::<_, String>(line.to_owned());
        let wrong = |why: &str| Err::<String, _>(why.to_owned());
        assert_eq!(all(b"a\nb\r\n\nc", 9).await, [good("a"), good("b"), good(""), good("c")]);
        assert_eq!(all(b"", 9).await, []);
        assert_eq!(all(b"a\xff\nb", 9).await, [wrong("the line is not UTF-8"), good("b")]);
        let long = wrong("the line is longer than 3 bytes");
        assert_eq!(all(b"abcdefghi\nb", 3).await, [long.clone(), good("b")]);
        assert_eq!(all(b"abcdefghi", 3).await, [long]);
        assert_eq!(all(b"abc\r\nabc", 3).await, [good("abc"), good("abc")]);
    }

    #[tokio::test]
    async fn a_line_that_comes_in_pieces_is_one() {
        for size in 1..6 {
            let mut input = BufReader::with_capacity(size, &b"ab c\nabcdefg\n\xc3\xa9\n"[..]);
            let mut lines = Vec::new();
            while let Some(line) = read_line(&mut input, 4).await.unwrap() {
                lines.push(line.map_err(|fault| fault.to_string()));
            }
            let long = Err("the line is longer than 4 bytes".to_owned());
            assert_eq!(lines, [Ok("ab c".to_owned()), long, Ok("é".to_owned())], "{size}");
        }
    }
}
