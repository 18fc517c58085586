using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hyperbee2.Blocks;

namespace Nashi.Hyperbee2.Tree;

/// <summary>What all views of one tree share: its cores, decoded blocks and nodes, and the right to write.</summary>
internal sealed class TreeSpace : IAsyncDisposable
{
    private readonly OpenLog? _open;
    private readonly Dictionary<CoreKey, BeeCore> _cores = [];
    private readonly List<Action> _unsubscribe = [];
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly Lock _gate = new();

    public TreeSpace(BeeCore local, OpenLog? open, Bee2Options options)
    {
        (Local, _open, Options) = (local, open, options);
        Blocks = new(options.MaxCachedBlocks);
        Nodes = new(options.MaxCachedNodes);
        Add(local);
    }

    public BeeCore Local { get; }

    public Bee2Options Options { get; }

    public SemaphoreSlim WriteLock { get; } = new(1, 1);

    public RecentCache<(BeeCore Core, ulong Seq), TreeBlock> Blocks { get; }

    public RecentCache<Place, TreeNode> Nodes { get; }

    public async ValueTask<BeeCore> OpenAsync(CoreKey key, CancellationToken cancellationToken)
    {
        if (Find(key) is { } known) return known;
        if (_open is null) throw Hyperbee2Exception.NoOtherCores();
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Find(key) is { } opened) return opened;
            if (_cores.Count >= Options.MaxCores) throw Hyperbee2Exception.TooManyCores(Options.MaxCores);
            var core = new BeeCore(key, await _open(key, cancellationToken).ConfigureAwait(false));
            Add(core);
            return core;
        }
        finally
        {
            _opening.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            foreach (var unsubscribe in _unsubscribe) unsubscribe();
            _unsubscribe.Clear();
        }

        return ValueTask.CompletedTask;
    }

    private BeeCore? Find(CoreKey key)
    {
        lock (_gate) return _cores.GetValueOrDefault(key);
    }

    private void Add(BeeCore core)
    {
        var fork = core.Log.Fork;

        // Nodes hold keys of other cores, so a truncation of one makes all that is cached doubtful.
        void Follow()
        {
            var now = core.Log.Fork;
            if (Interlocked.Exchange(ref fork, now) == now) return;
            Blocks.Clear();
            Nodes.Clear();
        }

        core.Log.Changed += Follow;
        lock (_gate)
        {
            _cores.Add(core.Key, core);
            _unsubscribe.Add(() => core.Log.Changed -= Follow);
        }
    }
}
