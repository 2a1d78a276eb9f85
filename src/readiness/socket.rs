//! A connection with a bound on what one check may read from it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::code::{Code, Miss};
use super::probe::Progress;

pub(super) trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

/// A TCP, TLS or Unix connection.
pub(super) struct Socket {
    stream: Result<Box<dyn Duplex>, Option<Miss>>,
    progress: Arc<Progress>,
}

impl Socket {
    pub(super) fn new(stream: impl Duplex + 'static, progress: &Arc<Progress>) -> Self {
        Self {
            stream: Ok(Box::new(stream)),
            progress: Arc::clone(progress),
        }
    }

    /// A connection that was never opened and says why at its first use.
    ///
    /// A library whose own error type cannot be made from ours still hands this cause through.
    pub(super) fn missed(miss: Miss, progress: &Arc<Progress>) -> Self {
        Self {
            stream: Err(Some(miss)),
            progress: Arc::clone(progress),
        }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut dyn Duplex>> {
        match &mut self.stream {
            Ok(stream) => Ok(Pin::new(&mut **stream)),
            Err(miss) => Err(miss
                .take()
                .map_or_else(|| io::ErrorKind::NotConnected.into(), io::Error::other)),
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(self.stream()?.poll_read(context, buffer))?;
        if self.progress.may_read(buffer.filled().len() - before) {
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(Err(io::Error::other(Miss::failed(
            Code::UnexpectedReply,
            "the answer is longer than any answer to a check",
        ))))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }
}
