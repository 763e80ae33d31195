//! `--watch`: what happens, an object a line; and commands from standard input meanwhile, until that ends.

use std::io::{self, Write};
use std::pin::pin;

use serde_json::{Value, json};
use telewire::client::Updates;

use super::fault::Fault;
use super::request::{Answer, Requests};
use super::secret::{self, Reader};
use super::{Shell, lines, signals};
use crate::failure::Failure;

/// Tells of updates until there is no more input, or a signal comes.
pub(super) async fn run(shell: &mut Shell) -> Result<(), Failure> {
    shell.answer_programs();
    let mut updates = shell.client.updates().with_explicit_commits();
    shell.reader = Reader::Shell;
    let result = tell(shell, &mut updates).await;
    // What was told does not come again; if that cannot be kept, it does.
    let _ = updates.flush().await;
    result
}

async fn tell(shell: &mut Shell, updates: &mut Updates) -> Result<(), Failure> {
    let mut signals = pin!(signals::listen()?);
    // Whoever only listens calls nothing, and is to hear all the same.
    if let Err(error) = shell.client.connect().await {
        let answer = Answer::new(&Err(error.into()));
        print(&answer.json)?;
        return Err(Failure::Told(1));
    }
    let mut news = match shell.secrets().await {
        Ok(secrets) => Some(secrets.news()),
        Err(fault) => {
            print(&Answer::new(&Err(fault)).json)?;
            None
        }
    };
    let mut lines = lines::listen();
    let mut requests = Requests::default();
    let mut failed = None;
    while shell.end.is_none() {
        tokio::select! {
            failure = &mut signals => return Err(failure),
            line = lines.recv() => {
                let Some(line) = line else { break };
                let Some(request) = requests.read(line?) else { continue };
                let answer = tokio::select! {
                    failure = &mut signals => return Err(failure),
                    answer = shell.answer(request) => answer,
                };
                failed = failed.or(answer.code);
                print(&answer.json)?;
            }
            told = secret::next(&mut news) => print(&shell.secret_update(&told))?,
            delivery = updates.next() => match delivery {
                Ok(Some(delivery)) => {
                    // What came in a secret chat is told once it is read and kept.
                    match shell.feed(&delivery).await {
                        Ok(true) => {}
                        Ok(false) => print(&json!({"update": shell.update_json(&delivery)}))?,
                        Err(fault) => {
                            print(&Answer::new(&Err(fault)).json)?;
                            return Err(Failure::Told(1));
                        }
                    }
                    // Whoever reads has it: one that leaves before loses none.
                    updates.commit(&delivery);
                }
                Ok(None) => break,
                Err(error) => {
                    let answer = Answer::new(&Err(Fault::from(error)));
                    print(&answer.json)?;
                    return Err(Failure::Told(1));
                }
            },
        }
    }
    failed.map_or(Ok(()), |code| Err(Failure::Told(code)))
}

/// A line, which whoever reads gets at once.
pub(super) fn print(json: &Value) -> Result<(), Failure> {
    let mut out = io::stdout();
    writeln!(out, "{json}")?;
    out.flush()?;
    Ok(())
}
