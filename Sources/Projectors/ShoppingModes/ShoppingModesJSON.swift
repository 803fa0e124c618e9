package import JSON
import Marketplace

extension ShoppingModes {
  /// Writes the answer as the value of `/v1/shopping-modes`.
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("position", position)
      switch scope {
      case .everything: break
      case .shop(let shop): json.member("shop", shop.id)
      case .brand(let brand): json.member("brand", brand.id)
      }
      json.member("currency", currency)
      json.array("otherCurrencies") { json in
        for other in otherCurrencies { json.value(other) }
      }
      if let days {
        json.object("days") { json in
          json.member("first", Timestamp.dayText(days.lowerBound))
          json.member("last", Timestamp.dayText(days.upperBound))
        }
      }
      total.writeMembers(to: &json)
      if let periods {
        json.array("periods") { json in
          for period in periods { period.write(to: &json) }
        }
      }
    }
  }
}

extension ShoppingModes.PeriodFigures {
  fileprivate func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("start", Timestamp.dayText(start))
      json.member("end", Timestamp.dayText(end))
      figures.writeMembers(to: &json)
      if let change {
        json.object("change") { json in
          for mode in change {
            json.object(mode.mode.name) { json in
              json.member("shareOfOrders", ratio: mode.shareOfOrders)
              json.member("shareOfGross", ratio: mode.shareOfGross)
            }
          }
        }
      }
    }
  }
}

extension ShoppingModes.Figures {
  fileprivate func writeMembers(to json: inout JSONWriter) {
    json.object("all") { all.writeMembers(to: &$0) }
    json.object("modes") { json in
      for mode in modes {
        json.object(mode.mode.name) { mode.writeMembers(to: &$0) }
      }
    }
    json.object("sharing") { sharing.writeMembers(to: &$0) }
    json.object("search") { json in
      for intent in intents {
        json.object(intent.intent.name) { json in
          json.member("visits", intent.visits)
          json.member("orders", intent.orders)
        }
      }
    }
    json.object("scenes") { json in
      for scene in scenes {
        json.object(scene.scene.name) { json in
          json.member("visits", scene.visits)
          json.member("orders", scene.orders)
        }
      }
    }
  }
}

extension ShoppingModes.AllFigures {
  fileprivate func writeMembers(to json: inout JSONWriter) {
    json.member("visits", visits)
    json.member("visitors", visitors)
    json.member("orders", orders)
    json.member("units", units)
    json.member("buyers", buyers)
    json.member("gross", gross)
    json.member("conversion", ratio: conversion)
  }
}

extension ShoppingModes.ModeFigures {
  fileprivate func writeMembers(to json: inout JSONWriter) {
    json.member("visits", visits)
    json.member("visitors", visitors)
    json.member("orders", orders)
    json.member("units", units)
    json.member("buyers", buyers)
    json.member("gross", gross)
    json.member("conversion", ratio: conversion)
    json.member("shareOfOrders", ratio: shareOfOrders)
    json.member("shareOfGross", ratio: shareOfGross)
  }
}

extension ShoppingModes.SharingFigures {
  fileprivate func writeMembers(to json: inout JSONWriter) {
    json.member("shares", shares)
    json.member("sharesWithOrders", sharesWithOrders)
    json.member("ordersFromShares", ordersFromShares)
    json.member("mostOrdersFromOneShare", mostOrdersFromOneShare)
    json.object("depths") { json in
      for depth in depths { json.member(String(depth.depth), depth.shares) }
    }
    json.member("greatestCascade", greatestCascade)
    json.member("deepOrderShare", ratio: deepOrderShare)
  }
}
