using Nashi.BlindPeer.Server;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.BlindPeer.Tests;

/// <summary>What the policy decides, without a disk or a network.</summary>
public sealed class HostPolicyTests
{
    private static readonly PublicKey Alice = new(Key(200).Value);
    private static readonly PublicKey Bob = new(Key(201).Value);
    private static readonly BlindPeerLimits Small = new() { Quota = 10_000, MaxCores = 4, MaxCoresPerStranger = 2, StrangerPercent = 50 };

    [Fact]
    public void Add_BySomebodyNotOnTheList_IsRefused()
    {
        var policy = new HostPolicy(Small);
        Assert.Equal(HostRefusal.NotAllowed, policy.Add(Alice, Standing.Refused, Wish(1), 0));
        Assert.Equal(0, policy.Count);
        Assert.False(policy.TryTake(out _));
    }

    [Fact]
    public void Add_ByAStranger_CanNotAnnounceNorTakeTheHighestPriority()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Alice, Standing.Stranger, Wish(1) with { Announce = true, Priority = ulong.MaxValue }, 0);
        policy.Add(Alice, Standing.Trusted, Wish(2) with { Announce = true, Priority = 7 }, 0);
        Assert.Equal((1, false), (policy.Find(Key(1))!.Priority, policy.Find(Key(1))!.Announce));
        Assert.Equal((2, true), (policy.Find(Key(2))!.Priority, policy.Find(Key(2))!.Announce));
        // Who comes later raises it, and never lowers it.
        policy.Add(Bob, Standing.Trusted, Wish(1) with { Announce = true }, 1);
        Assert.Equal((1, true), (policy.Find(Key(1))!.Priority, policy.Find(Key(1))!.Announce));
    }

    [Fact]
    public void Add_BeyondTheLimits_IsRefused()
    {
        var policy = new HostPolicy(Small);
        Assert.Equal(HostRefusal.None, policy.Add(Alice, Standing.Stranger, Wish(1), 0));
        Assert.Equal(HostRefusal.None, policy.Add(Alice, Standing.Stranger, Wish(2), 0));
        Assert.Equal(HostRefusal.TooManyCores, policy.Add(Alice, Standing.Stranger, Wish(3), 0));
        Assert.Equal(HostRefusal.None, policy.Add(Bob, Standing.Allowed, Wish(3), 0));
        Assert.Equal(HostRefusal.None, policy.Add(Bob, Standing.Allowed, Wish(4), 0));
        for (byte i = 1; i <= 4; i++) policy.Claim(Key(i), 1, 10, 1);
        Assert.Equal(HostRefusal.Full, policy.Add(Bob, Standing.Allowed, Wish(5), 2));
        // What is kept already is no news.
        Assert.Equal(HostRefusal.None, policy.Add(Bob, Standing.Allowed, Wish(1), 2));
    }

    [Fact]
    public void Add_WhenFullOfCoresWithoutBlocks_TakesTheOldestOnesPlace()
    {
        var policy = new HostPolicy(Small);
        for (byte i = 1; i <= 4; i++) policy.Add(Bob, Standing.Allowed, Wish(i), i);
        policy.Claim(Key(1), 1, 10, 5);
        Take(policy);
        Assert.Equal(HostRefusal.None, policy.Add(Bob, Standing.Allowed, Wish(5), 6));
        Assert.Contains(new HostAction.Remove(Key(2)), Take(policy));
        Assert.Null(policy.Find(Key(2)));
        Assert.NotNull(policy.Find(Key(1)));
    }

    [Fact]
    public void Claim_WithRoom_TakesItBeforeABlockIsAskedFor()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Bob, Standing.Allowed, Wish(1), 0);
        policy.Claim(Key(1), 10, 1000, 0);
        Assert.Equal(1000 + (10 * 128), policy.Used);
        // One record, written once, before the download.
        Assert.Equal([new HostAction.Save(Key(1)), new HostAction.Download(Key(1), 0, 10)], Take(policy));
    }

    [Fact]
    public void Claim_WithoutRoom_GivesUpTheLowestPriorityFirstThenTheOldest()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Bob, Standing.Allowed, Wish(1) with { Priority = 1 }, 1);
        policy.Add(Bob, Standing.Allowed, Wish(2), 2);
        policy.Add(Bob, Standing.Allowed, Wish(3), 3);
        for (byte i = 1; i <= 3; i++) policy.Claim(Key(i), 1, 2872, i);
        Assert.Equal(9000, policy.Used);
        policy.Add(Bob, Standing.Allowed, Wish(4), 4);
        Take(policy);

        policy.Claim(Key(4), 1, 4872, 5);
        Assert.Equal([new HostAction.Clear(Key(2)), new HostAction.Clear(Key(3))], Take(policy).Where(action => action is HostAction.Clear));
        Assert.Equal(9000, policy.Used);
        policy.HandleCleared(Key(2));
        Assert.Equal(0UL, policy.Find(Key(4))!.Length);
        policy.HandleCleared(Key(3));
        Assert.Equal(8000, policy.Used);
        Assert.Contains(new HostAction.Download(Key(4), 0, 1), Take(policy));
        Assert.Equal((1UL, 2872UL, 0UL), (policy.Find(Key(2))!.BlocksCleared, policy.Find(Key(2))!.BytesCleared, policy.Find(Key(2))!.BytesAllocated));
        Assert.Equal(2UL * 2872, policy.BytesCollected);

        // It goes on from where it was cleared.
        policy.Claim(Key(2), 3, 3000, 6);
        Assert.Contains(new HostAction.Download(Key(2), 1, 3), Take(policy));
    }

    [Fact]
    public void Claim_OfMoreThanCanEverFit_GivesUpNothing()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Bob, Standing.Allowed, Wish(1), 1);
        policy.Claim(Key(1), 1, 2000, 1);
        policy.Add(Alice, Standing.Allowed, Wish(2), 2);
        Take(policy);
        foreach (var bytes in new[] { 20_000UL, ulong.MaxValue })
        {
            policy.Claim(Key(2), ulong.MaxValue, bytes, 3);
            Assert.DoesNotContain(Take(policy), action => action is HostAction.Clear or HostAction.Download);
            Assert.Equal(1, policy.Waiting);
        }
    }

    [Fact]
    public void Claim_OfACoreThatRanksLower_NeverTakesTheRoomOfAHigherOne()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Bob, Standing.Trusted, Wish(1) with { Announce = true }, 1);
        policy.Add(Bob, Standing.Allowed, Wish(2) with { Priority = 1 }, 1);
        policy.Claim(Key(1), 1, 4000, 1);
        policy.Claim(Key(2), 1, 4000, 1);
        policy.Add(Bob, Standing.Allowed, Wish(3), 2);
        Take(policy);
        policy.Claim(Key(3), 1, 4000, 3);
        Assert.DoesNotContain(Take(policy), action => action is HostAction.Clear);
        // It gets room as soon as there is some.
        Assert.Equal(HostRefusal.None, policy.Delete(Bob, Standing.Trusted, Key(2)));
        Assert.Contains(new HostAction.Download(Key(3), 0, 1), Take(policy));
        Assert.Equal(0, policy.Waiting);
    }

    [Fact]
    public void Claim_OfAStranger_IsHeldToItsShareAndMakesRoomWithItsOwn()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Bob, Standing.Allowed, Wish(3), 0);
        policy.Claim(Key(3), 1, 1000, 0);
        policy.Add(Alice, Standing.Stranger, Wish(1), 1);
        policy.Add(Alice, Standing.Stranger, Wish(2), 1);
        policy.Claim(Key(1), 1, 3000, 1);
        policy.Claim(Key(2), 1, 3000, 2);
        Assert.Equal(1, policy.Waiting);
        Assert.Equal([new HostAction.Clear(Key(1))], Take(policy).Where(action => action is HostAction.Clear));
        policy.HandleCleared(Key(1));
        Assert.Equal((1128L + 3128, 0), (policy.Used, policy.Waiting));
        // More than the share never fits.
        policy.Claim(Key(2), 2, 8000, 3);
        Assert.DoesNotContain(Take(policy), action => action is HostAction.Clear);
    }

    [Fact]
    public void Row45_ClockThatJumps_ChangesNoOrderBackwards()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Bob, Standing.Allowed, Wish(1), 5_000_000_000_000);
        policy.Add(Bob, Standing.Allowed, Wish(2), 1000);
        policy.Claim(Key(1), 1, 4000, 1000);
        policy.Touch(Key(1), 0);
        policy.Claim(Key(2), 1, 4000, 1000);
        // Never earlier than before, and nothing overflows far in the future.
        Assert.Equal(5_000_000_000_000, policy.Find(Key(1))!.Active);
        policy.Add(Bob, Standing.Allowed, Wish(3), long.MaxValue);
        policy.Claim(Key(3), 1, 4000, long.MaxValue);
        Assert.Contains(new HostAction.Clear(Key(2)), Take(policy));
    }

    [Fact]
    public void Claim_OfTheOnlyCore_GivesUpItsOlderBlocksForTheNewOnes()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Bob, Standing.Allowed, Wish(1), 1);
        policy.Claim(Key(1), 1, 8000, 1);
        policy.Claim(Key(1), 2, 16_000, 2);
        Assert.Contains(new HostAction.Clear(Key(1)), Take(policy));
        policy.HandleCleared(Key(1));
        Assert.Contains(new HostAction.Download(Key(1), 1, 2), Take(policy));
        Assert.Equal(8128, policy.Used);
    }

    [Fact]
    public void Claim_OfACoreThatWasCut_GivesRoomBack()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Bob, Standing.Allowed, Wish(1), 1);
        policy.Claim(Key(1), 10, 5000, 1);
        policy.Claim(Key(1), 2, 1000, 2);
        Assert.Equal(1256, policy.Used);
        policy.Claim(Key(1), 0, 0, 3);
        Assert.Equal(0, policy.Used);
    }

    [Fact]
    public void Delete_IsForTrustedClientsAndTheOnlyOneThatAsked()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Alice, Standing.Stranger, Wish(1), 1);
        policy.Add(Alice, Standing.Stranger, Wish(2), 1);
        policy.Add(Bob, Standing.Stranger, Wish(2), 1);
        Assert.Equal(HostRefusal.Unknown, policy.Delete(Bob, Standing.Trusted, Key(9)));
        Assert.Equal(HostRefusal.NotOwner, policy.Delete(Bob, Standing.Stranger, Key(1)));
        Assert.Equal(HostRefusal.None, policy.Delete(Alice, Standing.Stranger, Key(1)));
        Assert.Null(policy.Find(Key(1)));
        // Alice takes back her asking, Bob's stays.
        Assert.Equal(HostRefusal.None, policy.Delete(Alice, Standing.Stranger, Key(2)));
        Assert.NotNull(policy.Find(Key(2)));
        Assert.Equal(HostRefusal.NotOwner, policy.Delete(Alice, Standing.Stranger, Key(2)));
        Assert.Equal(HostRefusal.None, policy.Delete(Bob, Standing.Stranger, Key(2)));
        Assert.Equal(0, policy.Count);
    }

    [Fact]
    public void Delete_OfACoreThatManyAskedFor_TakesTrust()
    {
        var policy = new HostPolicy(Small);
        for (byte i = 0; i <= HostRecord.MaxOwners; i++) policy.Add(new PublicKey(Key(i).Value), Standing.Stranger, Wish(1), 1);
        Assert.Equal(HostRefusal.NotOwner, policy.Delete(new PublicKey(Key(0).Value), Standing.Stranger, Key(1)));
        Assert.Equal(HostRefusal.None, policy.Delete(Bob, Standing.Trusted, Key(1)));
    }

    [Fact]
    public void Latest_OfATopic_IsWhatGrewLast()
    {
        var policy = new HostPolicy(Small);
        for (byte i = 1; i <= 3; i++) policy.Add(Bob, Standing.Allowed, Wish(i) with { Referrer = Key(50) }, i);
        policy.Claim(Key(1), 5, 5, 10);
        Assert.Equal(Key(50), policy.FindReferrer(Key(50).ToDiscoveryKey()));
        Assert.Equal([Key(1), Key(3)], policy.Latest(Key(50).ToDiscoveryKey(), 2).Select(record => record.Key));
        Assert.Empty(policy.Latest(Key(51).ToDiscoveryKey(), 2));
    }

    [Fact]
    public void Record_WrittenAndRead_IsTheSame()
    {
        var policy = new HostPolicy(Small);
        policy.Add(Alice, Standing.Stranger, Wish(1) with { Referrer = Key(3), Priority = 1 }, 12345);
        policy.Add(Bob, Standing.Trusted, Wish(1) with { Announce = true }, 23456);
        policy.Claim(Key(1), 7, 99, 34567);
        var record = policy.Find(Key(1))!;
        Assert.True(HostRecordCodec.TryDecode(Key(1), HostRecordCodec.Encode(record), out var read));
        Assert.Equivalent(record, read, strict: true);
        var again = new HostPolicy(Small);
        again.Load(read);
        Assert.Equal(policy.Used, again.Used);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Policy_WhateverHappens_KeepsItsPromises(ulong seed)
    {
        var random = new SeededRandom(seed);
        IRandom dice = random;
        var policy = new HostPolicy(new BlindPeerLimits { Quota = 100_000, MaxCores = 40, MaxCoresPerStranger = 10 });
        var clearing = new List<CoreKey>();
        for (var step = 0; step < 20_000; step++)
        {
            var key = Key((byte)dice.Next(60));
            var client = new PublicKey(Key((byte)dice.Next(8)).Value);
            var standing = (Standing)dice.Next(4);
            switch (dice.Next(6))
            {
                case 0:
                    policy.Add(client, standing, new HostWish(key, dice.Next(2) == 0 ? Key((byte)dice.Next(4)) : null, (ulong)dice.Next(4), dice.Next(3) == 0), step);
                    break;
                case 1 or 2:
                    policy.Claim(key, (ulong)dice.Next(30), (ulong)dice.Next(30_000), step);
                    break;
                case 3:
                    policy.Touch(key, step * 10_000L);
                    break;
                case 4 when dice.Next(5) == 0:
                    policy.Delete(client, standing, key);
                    break;
                case 5 when clearing.Count > 0:
                    policy.HandleCleared(clearing[0]);
                    clearing.RemoveAt(0);
                    break;
            }

            clearing.AddRange(Take(policy).OfType<HostAction.Clear>().Select(action => action.Key));
            Assert.True(policy.Used == policy.Records.Sum(record => record.Cost), $"seed {seed}, step {step}: sum");
            Assert.InRange(policy.Used, 0, 100_000);
            Assert.InRange(policy.Count, 0, 40);
        }

        while (clearing.Count > 0)
        {
            policy.HandleCleared(clearing[0]);
            clearing.RemoveAt(0);
            clearing.AddRange(Take(policy).OfType<HostAction.Clear>().Select(action => action.Key));
        }

        Assert.DoesNotContain(policy.Records, record => record.IsClearing);
    }

    internal static CoreKey Key(byte number)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes.Fill(number);
        return new CoreKey(bytes);
    }

    private static HostWish Wish(byte number) => new(Key(number), null, 0, false);

    private static List<HostAction> Take(HostPolicy policy)
    {
        List<HostAction> all = [];
        while (policy.TryTake(out var action)) all.Add(action);
        return all;
    }
}
