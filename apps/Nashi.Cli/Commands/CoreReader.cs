using Nashi.Deploy;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Cli.Commands;

/// <summary>Reads blocks of a core from the store, and joins the network only when the store lacks one.</summary>
internal sealed class CoreReader : IAsyncDisposable
{
    private readonly DeploySession _session;
    private readonly Core _core;
    private bool _joined;

    private CoreReader(DeploySession session, Core core)
    {
        _session = session;
        _core = core;
    }

    public static async ValueTask<CoreReader> OpenAsync(DeploySession session, CoreKey key, CancellationToken cancellation) =>
        new(session, await session.Store.GetAsync(key, null, cancellation).ConfigureAwait(false));

    /// <summary>The length, asked of peers when the store knows none.</summary>
    public async ValueTask<ulong> LengthAsync(CancellationToken cancellation)
    {
        if (_core.Length == 0 && !_core.IsWritable) await JoinAsync(cancellation).ConfigureAwait(false);
        return _core.Length;
    }

    /// <summary>One block.</summary>
    public async ValueTask<byte[]> GetAsync(ulong index, CancellationToken cancellation)
    {
        if (_core.TryGet(index, out var block)) return block;
        if (_core.IsWritable && index >= _core.Length)
        {
            throw new CliException("BLOCK_NOT_AVAILABLE", $"Core {_core.Key} has {_core.Length} blocks; there is no block {index}.");
        }

        if (!_joined) await JoinAsync(cancellation).ConfigureAwait(false);
        if (index >= _core.Length)
        {
            _ = await _core.UpdateAsync(wait: false, cancellation).ConfigureAwait(false);
            if (index >= _core.Length) throw new CliException("BLOCK_NOT_AVAILABLE", $"Core {_core.Key} has {_core.Length} blocks, as far as its peers know; there is no block {index}.");
        }

        return await _core.GetAsync(index, null, cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _core.DisposeAsync();

    private async ValueTask JoinAsync(CancellationToken cancellation)
    {
        _joined = true;
        var discovery = await _session.JoinAsync(_core.DiscoveryKey, server: false, client: true, cancellation).ConfigureAwait(false);
        await PeerSearch.WaitAsync(_core, _core.Key.ToString(), discovery, cancellationToken: cancellation).ConfigureAwait(false);
    }
}
