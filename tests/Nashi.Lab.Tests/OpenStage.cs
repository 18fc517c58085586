using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Peers;

namespace Nashi.Lab.Tests;

/// <summary>One small network for all tests: a DHT and a relay of ours. There is none where there cannot be one.</summary>
public sealed class OpenStage : IAsyncLifetime
{
    private const int DhtNodes = 5;

    internal Stage? Stage { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (Requirements.Missing is null) Stage = await Stage.OpenAsync(new PeerPrograms(), Side.Ours, Side.Ours, TestContext.Current.CancellationToken, DhtNodes);
    }

    public async ValueTask DisposeAsync()
    {
        if (Stage is not null) await Stage.DisposeAsync();
    }
}
