using Nashi.Dht.Connecting;

namespace Nashi.Dht;

/// <content>Suspending a server, by itself or with its node.</content>
public sealed partial class DhtServer
{
    private volatile bool _isSuspended;
    private volatile bool _isPaused;

    /// <summary>Whether it was suspended by <see cref="SuspendAsync"/>.</summary>
    public bool IsSuspended => _isSuspended;

    private bool IsQuiet => _isSuspended || _isPaused;

    /// <summary>Withdraws the server until <see cref="ResumeAsync"/>: it cannot be found and does not answer. Connections go on. Idempotent.</summary>
    public async ValueTask SuspendAsync()
    {
        if (_isSuspended) return;
        _isSuspended = true;
        if (!_isPaused) await BecomeQuietAsync().ConfigureAwait(false);
    }

    /// <summary>Announces the server again. Returns once it can be found. Idempotent.</summary>
    public async ValueTask ResumeAsync()
    {
        if (!_isSuspended) return;
        _isSuspended = false;
        if (!_isPaused && _context is { } context) await context.Announcer.ResumeAsync().ConfigureAwait(false);
    }

    /// <summary>The node is suspended.</summary>
    internal async Task PauseAsync()
    {
        if (_isPaused) return;
        _isPaused = true;
        if (!_isSuspended) await BecomeQuietAsync().ConfigureAwait(false);
    }

    /// <summary>The node goes on.</summary>
    internal async Task UnpauseAsync()
    {
        if (!_isPaused) return;
        _isPaused = false;
        if (!_isSuspended && _context is { } context) await context.Announcer.ResumeAsync().ConfigureAwait(false);
    }

    private async Task BecomeQuietAsync()
    {
        IReadOnlyList<ServerHandshake> open;
        lock (_gate) open = _handshakes.All();
        foreach (var handshake in open) await handshake.DisposeAsync().ConfigureAwait(false);
        if (_context is { } context) await context.Announcer.SuspendAsync().ConfigureAwait(false);
    }
}
