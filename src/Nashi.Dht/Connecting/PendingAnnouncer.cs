using Nashi.Datagrams;

namespace Nashi.Dht.Connecting;

/// <summary>An announcer that is not there yet: clients may find the server before its first announcement returns.</summary>
internal sealed class PendingAnnouncer : IServerAnnouncer
{
    private IServerAnnouncer? _real;

    /// <inheritdoc />
    public IReadOnlyList<RelayRoute> Relays => _real?.Relays ?? [];

    /// <inheritdoc />
    public IReadOnlyList<UdpAddress> RelayAddresses => _real?.RelayAddresses ?? [];

    /// <summary>It is there.</summary>
    public void Set(IServerAnnouncer real) => _real = real;

    /// <inheritdoc />
    public bool IsRelay(UdpAddress node) => _real?.IsRelay(node) ?? false;

    /// <inheritdoc />
    public void Refresh() => _real?.Refresh();

    /// <inheritdoc />
    public Task SuspendAsync() => _real?.SuspendAsync() ?? Task.CompletedTask;

    /// <inheritdoc />
    public Task ResumeAsync() => _real?.ResumeAsync() ?? Task.CompletedTask;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _real?.DisposeAsync() ?? default;
}
