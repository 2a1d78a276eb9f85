//! Servers that end together.

use std::cell::RefCell;
use std::sync::{Arc, Weak};

use super::Server;

/// The servers of one JavaScript thread, which end with it. It keeps none of them.
#[derive(Default)]
pub struct Group(RefCell<Vec<Weak<Server>>>);

impl Group {
    /// Takes a server in, and forgets those that have closed.
    pub fn add(&self, server: &Arc<Server>) {
        let mut servers = self.0.borrow_mut();
        servers.retain(|known| known.upgrade().is_some_and(|known| !known.is_closed()));
        servers.push(Arc::downgrade(server));
    }

    /// Closes all of them.
    pub fn close(&self) {
        for server in self.0.take().iter().filter_map(Weak::upgrade) {
            server.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::watch;

    fn server() -> Arc<Server> {
        Arc::new(Server {
            address: ([127, 0, 0, 1], 1).into(),
            close: watch::Sender::new(false),
            ended: watch::Sender::new(true).subscribe(),
        })
    }

    #[test]
    fn holds_as_many_as_there_are_however_many_there_were() {
        let group = Group::default();
        let kept = [server(), server()];
        for server in &kept {
            group.add(server);
        }
        for at in 0..100 {
            let server = server();
            group.add(&server);
            // Closed and still there, or gone.
            if at % 2 == 0 {
                server.close();
                group.add(&server);
            }
        }
        group.add(&kept[0]);
        assert_eq!(group.0.borrow().len(), 3);
        group.close();
        assert!(kept.iter().all(|server| server.is_closed()));
        assert!(group.0.borrow().is_empty());
    }
}
