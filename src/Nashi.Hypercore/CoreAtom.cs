using Nashi.Hypercore.State;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore;

/// <summary>Changes of several cores and branches of one store that are stored together: all or none.</summary>
/// <remarks>
/// A session made with <see cref="CoreSessionOptions.Atom"/> reads and writes in it; nobody else sees that before <see cref="WriteAsync"/>. Afterwards the atom is
/// empty and can be used again, with the same sessions. What is changed in an atom must not be changed outside meanwhile: then the write is refused. Thread-safe.
/// </remarks>
public sealed class CoreAtom
{
    private readonly StorageAtom _storage;
    private readonly Lock _gate = new();
    private readonly List<BranchState> _members = [];
    private int _isWriting;

    /// <summary>Begins one for the cores of a store.</summary>
    public CoreAtom(CorestoreStorage store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _storage = store.CreateAtom();
    }

    /// <summary>Whether nothing was changed.</summary>
    public bool IsEmpty => _storage.IsEmpty;

    /// <summary>Stores all changes as one, and shows them to everybody.</summary>
    /// <exception cref="StorageException">Nothing was stored, and the atom is as before; or a core was changed outside: clear the atom and do the work again.</exception>
    public async ValueTask WriteAsync(Durability durability = Durability.Synced)
    {
        if (Interlocked.Exchange(ref _isWriting, 1) != 0) throw new InvalidOperationException("This atom is being written.");
        try
        {
            await HoldAndWriteAsync(Members()).ConfigureAwait(false);
            if (durability == Durability.Synced) await _storage.Owner.SyncAsync().ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }

    /// <summary>Forgets all changes.</summary>
    public void Clear()
    {
        // Branches outside the atom are held too, and keep what they have.
        var members = Members();
        var locked = Enter(members);
        try
        {
            _storage.Clear();
            foreach (var member in members) member.HandleCleared();
        }
        finally
        {
            Exit(locked);
        }
    }

    internal BranchState Join(CoreState core, ISessionState parent)
    {
        lock (_gate)
        {
            if (_members.Find(known => ReferenceEquals(known.Parent, parent) || ReferenceEquals(known, parent)) is { } member) return member;
            if (parent is BranchState { Parent: not null }) throw new ArgumentException("The session it is made from is inside another atom.", nameof(parent));
            var fresh = BranchState.OpenInAtom(core, parent, this, _storage);
            _members.Add(fresh);
            return fresh;
        }
    }

    // Always in the same order, so that two atoms can not wait for each other.
    private BranchState[] Members()
    {
        lock (_gate) return [.. _members.OrderBy(member => member.Storage.DataPointer)];
    }

    private async Task HoldAndWriteAsync(BranchState[] members)
    {
        var holds = new List<HoldWork>();
        var news = new List<(ISessionState State, CoreChange Change)>();
        try
        {
            foreach (var member in members)
            {
                if (member.Parent is CoreState core) await core.EnterLaneAsync(holds).ConfigureAwait(false);
            }

            Write(members, news);
        }
        finally
        {
            foreach (var hold in holds) hold.Release();
        }

        foreach (var (state, change) in news) ((BranchState)state).Core.Raise(state, change);
    }

    private void Write(BranchState[] members, List<(ISessionState State, CoreChange Change)> news)
    {
        var locked = Enter(members);
        try
        {
            foreach (var member in members)
            {
                if (!member.IsCurrent) throw new StorageException(StorageFailure.Conflict, $"Core {member.Core.Key} was changed outside the atom that changes it. Clear the atom and do the work again.");
            }

            var cores = members.Where(member => member.IsChanged && member.Parent is CoreState).Select(member => member.Core.PrepareAtom(member)).ToArray();
            _storage.Write(cores.Select(core => core.Round.Batch));
            foreach (var member in members) member.HandleWritten(news);
            foreach (var (core, round, tree) in cores) core.PublishAtom(round, tree);
        }
        finally
        {
            Exit(locked);
        }
    }

    // Of each branch in turn: what is inside, then what is outside.
    private static List<BranchState> Enter(BranchState[] members)
    {
        var locked = new List<BranchState>();
        foreach (var member in members)
        {
            member.Gate.Enter();
            locked.Add(member);
            if (member.Parent is not BranchState outside) continue;
            outside.Gate.Enter();
            locked.Add(outside);
        }

        return locked;
    }

    private static void Exit(List<BranchState> locked)
    {
        foreach (var member in locked) member.Gate.Exit();
    }
}
