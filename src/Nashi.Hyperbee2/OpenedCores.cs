using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hypercore;

namespace Nashi.Hyperbee2;

/// <summary>The cores that a tree opened in a store, to be closed with it.</summary>
internal sealed class OpenedCores(Corestore store, Core own) : IAsyncDisposable
{
    private readonly List<Core> _cores = [own];
    private readonly Lock _gate = new();

    public async ValueTask<IBlockLog> OpenAsync(CoreKey key, CancellationToken cancellationToken)
    {
        var core = await store.GetAsync(key, null, cancellationToken).ConfigureAwait(false);
        lock (_gate) _cores.Add(core);
        return new CoreBlockLog(core);
    }

    public async ValueTask DisposeAsync()
    {
        Core[] cores;
        lock (_gate)
        {
            cores = [.. _cores];
            _cores.Clear();
        }

        foreach (var core in cores) await core.DisposeAsync().ConfigureAwait(false);
    }
}
