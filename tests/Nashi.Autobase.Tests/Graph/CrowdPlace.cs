using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>One writer's place in a crowd: its linearizer, and what it has on its disk.</summary>
internal sealed class CrowdPlace
{
    private readonly Crowd _crowd;
    private readonly ulong[] _stored;
    private readonly ulong[] _indexed;
    private readonly List<WriterHead> _heads = [];
    private ulong[] _lengths;
    private Linearizer _linearizer;
    private IReadOnlyList<GraphNode> _tip = [];
    private int _final;

    public CrowdPlace(Crowd crowd, int writer)
    {
        (_crowd, Writer) = (crowd, writer);
        (_stored, _indexed, _lengths) = (new ulong[crowd.Keys.Length], new ulong[crowd.Keys.Length], new ulong[crowd.Keys.Length]);
        _linearizer = Start();
    }

    public int Writer { get; }

    public bool ShouldAck() => _linearizer.Writer(_crowd.Keys[Writer]) is { IsIndexer: true } own && _linearizer.ShouldAck(own);

    public void Append(bool hasValue)
    {
        _crowd.Logs[Writer].Add(new() { Heads = _linearizer.GetHeads(), Value = hasValue ? [1] : null });
        _stored[Writer]++;
        Read();
        Update();
    }

    public void Hear(CrowdPlace other)
    {
        for (var i = 0; i < _stored.Length; i++) _stored[i] = Math.Max(_stored[i], other._stored[i]);
        Read();
    }

    /// <summary>Asks for the order.</summary>
    public void Update()
    {
        if (_linearizer.Update() is not { } step) return;
        foreach (var node in step.Indexed)
        {
            var writer = _crowd.NumberOf(node.Writer.Key);
            Assert.True(node.Length == _indexed[writer] + 1, $"seed {_crowd.Seed}: node {node.Length} of writer {writer} after {_indexed[writer]}");
            _indexed[writer] = node.Length;
            _heads.RemoveAll(head => node.Names(head) || head.Key == node.Writer.Key);
            _heads.Add(node.Head);
            _crowd.Decide(_final++, writer, node.Length);
        }

        _tip = step.Tip;
    }

    /// <summary>Begins again from what is final and from the disk.</summary>
    public void Crash()
    {
        _linearizer = Start();
        _lengths = [.. _indexed];
        _tip = [];
        Read();
        Update();
    }

    public string Describe() => $"{_final} {_final + _tip.Count} {string.Join(' ', _tip.Select(node => $"{_crowd.NumberOf(node.Writer.Key)}:{node.Length}"))}";

    private Linearizer Start()
    {
        var linearizer = new Linearizer([.. Enumerable.Range(0, _crowd.Indexers).Select(writer => new WriterHead(_crowd.Keys[writer], _indexed[writer]))], _heads);
        for (var i = 0; i < _crowd.Keys.Length; i++) linearizer.AddWriter(_crowd.Keys[i], _indexed[i]);
        return linearizer;
    }

    private void Read()
    {
        for (var isMoving = true; isMoving;)
        {
            isMoving = false;
            for (var i = 0; i < _lengths.Length; i++)
            {
                while (_lengths[i] < _stored[i] && _linearizer.MissingFor(_crowd.Keys[i], _crowd.Logs[i][(int)_lengths[i]]) is null)
                {
                    Assert.NotNull(_linearizer.TryAdd(_linearizer.Writer(_crowd.Keys[i])!, _crowd.Logs[i][(int)_lengths[i]]));
                    _lengths[i]++;
                    isMoving = true;
                }
            }
        }
    }
}
