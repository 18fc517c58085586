using Nashi.Datagrams;

namespace Nashi.Dht.Connecting;

/// <summary>Keeps a server announced, and knows through whom it can be reached.</summary>
internal interface IServerAnnouncer : IAsyncDisposable
{
    /// <summary>The nodes it is announced at now.</summary>
    IReadOnlyList<RelayRoute> Relays { get; }

    /// <summary>Up to three addresses to tell clients and topics.</summary>
    IReadOnlyList<UdpAddress> RelayAddresses { get; }

    /// <summary>Whether it is, or was lately, announced at a node.</summary>
    bool IsRelay(UdpAddress node);

    /// <summary>Looks at once whether it is still announced where others see us, and if not announces anew.</summary>
    void Refresh()
    {
    }

    /// <summary>Withdraws the announcement until <see cref="ResumeAsync"/>.</summary>
    Task SuspendAsync() => Task.CompletedTask;

    /// <summary>Announces again.</summary>
    Task ResumeAsync() => Task.CompletedTask;
}
